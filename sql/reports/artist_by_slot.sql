-- At which times is one artist played? One row a quarter of an hour that has plays, in
-- UTC.
select
    cast(songplays.start_time as date) as play_date,
    cast(extract(hour from songplays.start_time) as integer) as hour,
    cast(floor(extract(minute from songplays.start_time) / 15) as integer) as quarter,
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
group by
    cast(songplays.start_time as date),
    cast(extract(hour from songplays.start_time) as integer),
    cast(floor(extract(minute from songplays.start_time) / 15) as integer)
order by play_date asc, hour asc, quarter asc;
