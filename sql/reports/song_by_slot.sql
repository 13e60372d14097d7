-- At which times is one song played? One row a quarter of an hour that has plays, in
-- UTC.
with
members as (
    select song_id
    from song_names
    where title = :title and artist = :artist
)

select
    cast(songplays.start_time as date) as play_date,
    cast(extract(hour from songplays.start_time) as integer) as hour,
    cast(floor(extract(minute from songplays.start_time) / 15) as integer) as quarter,
    count(*) as plays
from members
inner join songplays on members.song_id = songplays.song_id
where
    songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location in (:metros))
    and (:device = 'all' or songplays.user_agent in (:user_agents))
group by
    cast(songplays.start_time as date),
    cast(extract(hour from songplays.start_time) as integer),
    cast(floor(extract(minute from songplays.start_time) / 15) as integer)
order by play_date asc, hour asc, quarter asc;
