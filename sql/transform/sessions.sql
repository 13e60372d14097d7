-- The sessions whose rollup changes, before the songs and plays do: those of new plays,
-- and those that played a song whose duration is another one now; one row a session.
drop table if exists sessions;

create temporary table sessions as
with
changed as (
    select songs.song_id
    from songs
    inner join lengths on songs.song_id = lengths.song_id
    where
        songs.duration <> lengths.length
        or (songs.duration is null and lengths.length is not null)
        or (songs.duration is not null and lengths.length is null)
),

touched as (
    select
        staging_plays.user_id,
        staging_plays.session_id
    from staging_plays
    inner join fresh_objects on staging_plays.object = fresh_objects.object
    union all
    select
        songplays.user_id,
        songplays.session_id
    from songplays
    inner join changed on songplays.song_id = changed.song_id
)

select distinct
    user_id,
    session_id
from touched;
