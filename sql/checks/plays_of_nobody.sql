-- warn: A play names no user, so the star does not hold it.
select
    object,
    record
from staging_events
where page = 'NextSong' and user_id = '';
