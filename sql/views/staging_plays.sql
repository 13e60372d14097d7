-- The staged events that are plays: a song was started by a user; one row a play.
create or replace view staging_plays as
select
    user_id
    || '-' || cast(session_id as varchar(20))
    || '-' || cast(item_in_session as varchar(20)) as songplay_id,
    timestamp 'epoch' + ts / 1000.0 * interval '1 second' as start_time,
    ts,
    user_id,
    level,
    session_id,
    item_in_session,
    nullif(location, '') as location,
    user_agent,
    song as title,
    artist as artist_name,
    length,
    object,
    record
from staging_events
where page = 'NextSong' and user_id <> '';

comment on view staging_plays is
'The staged events that are plays: a song was started by a user; one row a play.';
