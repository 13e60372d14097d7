-- Which songs are played most in one hour of the week (weekday 0 is Sunday)? One row a
-- title and artist's name, the most played first. The hour is that of a clock which is
-- shift_minutes ahead of UTC.
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
        and extract(dow from dateadd(minute, :shift_minutes, start_time)) = :weekday
        and extract(hour from dateadd(minute, :shift_minutes, start_time)) = :hour
    group by song_id
)

select
    song_names.title,
    song_names.artist,
    cast(sum(plays.plays) as bigint) as plays
from plays
inner join song_names on plays.song_id = song_names.song_id
group by song_names.title, song_names.artist
order by plays desc, song_names.title asc, song_names.artist asc
limit :top;
