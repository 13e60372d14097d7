-- At which hours of the day is one song played? One row an hour that has plays, in UTC.
with
members as (
    select song_id
    from song_names
    where title = :title and artist = :artist
)

select
    cast(extract(hour from songplays.start_time) as integer) as hour,
    count(*) as plays
from members
inner join songplays on members.song_id = songplays.song_id
where
    songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location = :metro)
group by cast(extract(hour from songplays.start_time) as integer)
order by hour asc;
