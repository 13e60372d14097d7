-- How much is one artist played from day to day? One row a day that has plays, in UTC.
select
    cast(songplays.start_time as date) as play_date,
    count(*) as plays
from artists
inner join songplays on artists.artist_id = songplays.artist_id
where
    artists.name = :artist
    and songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location in (:metros))
    and (:device = 'all' or songplays.user_agent in (:user_agents))
group by cast(songplays.start_time as date)
order by play_date asc;
