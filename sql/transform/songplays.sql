-- Adds the new plays of a span of time, with the keys of their songs and artists; one
-- row a play.
insert into songplays (
    songplay_id,
    start_time,
    user_id,
    level,
    song_id,
    artist_id,
    session_id,
    location,
    user_agent
)
select
    staging_plays.songplay_id,
    staging_plays.start_time,
    staging_plays.user_id,
    staging_plays.level,
    tracks.song_id,
    tracks.artist_id,
    staging_plays.session_id,
    staging_plays.location,
    staging_plays.user_agent
from staging_plays
inner join fresh_objects on staging_plays.object = fresh_objects.object
inner join tracks
    on
        staging_plays.title = tracks.title
        and staging_plays.artist_name = tracks.artist_name
        and (
            staging_plays.length = tracks.length
            or (staging_plays.length is null and tracks.length is null)
        )
where staging_plays.ts between :first_ts and :last_ts
order by staging_plays.start_time;
