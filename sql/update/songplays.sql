-- Adds the new plays, with the keys of their songs and artists; one row a play.
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
    plays.songplay_id,
    plays.start_time,
    plays.user_id,
    plays.level,
    tracks.song_id,
    tracks.artist_id,
    plays.session_id,
    plays.location,
    plays.user_agent
from plays
inner join tracks
    on
        plays.title = tracks.title
        and plays.artist_name = tracks.artist_name
        and (
            plays.length = tracks.length
            or (plays.length is null and tracks.length is null)
        )
order by plays.start_time;
