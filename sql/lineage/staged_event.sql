-- The staged event of a user, session and item, joined as plays are; one row an event.
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
    object,
    record
from staging_events
where
    user_id
    || '-' || cast(session_id as varchar(20))
    || '-' || cast(item_in_session as varchar(20)) = :songplay_id
order by object asc, record asc;
