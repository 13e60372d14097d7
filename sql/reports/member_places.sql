-- Where is one artist, or one song, played? One row a metropolitan area in which at
-- least :least_listeners listened to it, the most played first; without a title, it is
-- the artist.
select
    songplays.location,
    count(*) as plays,
    count(distinct songplays.user_id) as listeners
from song_names
inner join songplays on song_names.song_id = songplays.song_id
where
    song_names.artist = :artist
    and (:title = '' or song_names.title = :title)
    and songplays.location is not null
    and songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location in (:metros))
    and (:device = 'all' or songplays.user_agent in (:user_agents))
group by songplays.location
having count(distinct songplays.user_id) >= :least_listeners
order by plays desc, songplays.location asc;
