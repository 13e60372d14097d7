-- The staged events that are plays: a song was started by a user; one row a play.
create or replace view staging_plays as
select
    artist,
    auth,
    first_name,
    gender,
    item_in_session,
    last_name,
    length,
    level,
    location,
    method,
    page,
    registration,
    session_id,
    song,
    status,
    ts,
    user_agent,
    user_id,
    object
from staging_events
where page = 'NextSong' and user_id <> '';

comment on view staging_plays is
'The staged events that are plays: a song was started by a user; one row a play.';
