-- At which hours of the day is one artist played? One row an hour that has plays, in
-- UTC.
select
    cast(extract(hour from songplays.start_time) as integer) as hour,
    count(*) as plays
from artists
inner join songplays on artists.artist_id = songplays.artist_id
where
    artists.name = :artist
    and songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location = :metro)
group by cast(extract(hour from songplays.start_time) as integer)
order by hour asc;
