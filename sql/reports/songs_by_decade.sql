-- From which decades is the music that is played? One row a decade of release, the
-- oldest first; the last, without a decade, is of songs whose year is unknown or that
-- the catalogue does not hold. A song is a title and artist's name.
with
plays as (
    select
        song_id,
        count(*) as plays
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location = :metro)
    group by song_id
),

named as (
    select
        songs.year / 10 * 10 as decade,
        songs.title,
        artists.name as artist,
        sum(plays.plays) as plays
    from plays
    inner join songs on plays.song_id = songs.song_id
    inner join artists on songs.artist_id = artists.artist_id
    group by songs.year / 10 * 10, songs.title, artists.name
)

select
    decade,
    cast(sum(plays) as bigint) as plays,
    count(*) as songs
from named
group by decade
order by decade asc nulls last;
