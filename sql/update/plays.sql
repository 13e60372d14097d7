-- The staged plays that the star lacks, with their timestamps; one row a play.
drop table if exists plays;

create temporary table plays as
select
    user_id
    || '-' || cast(session_id as varchar(20))
    || '-' || cast(item_in_session as varchar(20)) as songplay_id,
    timestamp 'epoch' + ts / 1000.0 * interval '1 second' as start_time,
    user_id,
    level,
    session_id,
    nullif(location, '') as location,
    user_agent,
    song as title,
    artist as artist_name,
    length
from staging_plays
where exists (
    select 1
    from fresh_objects
    where fresh_objects.object = staging_plays.object
);
