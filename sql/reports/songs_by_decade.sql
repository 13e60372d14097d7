-- From which decades are the played songs? One row a decade of release, the oldest
-- first; the last row, without a decade, is of songs whose year is unknown or that the
-- catalogue does not hold. A song is a title and artist's name.
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
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by song_id
),

named as (
    select
        song_names.year / 10 * 10 as decade,
        song_names.title,
        song_names.artist,
        sum(plays.plays) as plays
    from plays
    inner join song_names on plays.song_id = song_names.song_id
    where :catalogue = 'all' or not song_names.is_inferred
    group by song_names.year / 10 * 10, song_names.title, song_names.artist
)

select
    decade,
    cast(sum(plays) as bigint) as plays,
    count(*) as songs
from named
group by decade
order by decade asc nulls last;
