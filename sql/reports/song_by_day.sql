-- How much is one song played from day to day? One row a day that has plays, in UTC.
with
members as (
    select song_id
    from song_names
    where title = :title and artist = :artist
)

select
    cast(songplays.start_time as date) as play_date,
    count(*) as plays
from members
inner join songplays on members.song_id = songplays.song_id
where
    songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location in (:metros))
    and (:device = 'all' or songplays.user_agent in (:user_agents))
group by cast(songplays.start_time as date)
order by play_date asc;
