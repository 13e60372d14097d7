-- Which songs are played most in one hour of the week (in UTC; weekday 0 is Sunday)?
-- One row a title and artist's name, the most played first.
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
        and extract(dow from start_time) = :weekday
        and extract(hour from start_time) = :hour
    group by song_id
)

select
    songs.title,
    artists.name as artist,
    cast(sum(plays.plays) as bigint) as plays
from plays
inner join songs on plays.song_id = songs.song_id
inner join artists on songs.artist_id = artists.artist_id
group by songs.title, artists.name
order by plays desc, songs.title asc, artist asc
limit :top;
