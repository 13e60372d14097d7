-- Which songs of one artist are played most? One row a title, the most played first.
select
    songs.title,
    count(*) as plays,
    count(distinct songplays.user_id) as listeners
from artists
inner join songplays on artists.artist_id = songplays.artist_id
inner join songs on songplays.song_id = songs.song_id
where
    artists.name = :artist
    and songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location in (:metros))
    and (:device = 'all' or songplays.user_agent in (:user_agents))
group by songs.title
order by plays desc, songs.title asc
limit :top;
