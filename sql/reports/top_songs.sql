-- Which songs are played most? One row a title and artist's name, the most played
-- first.
select
    songs.title,
    artists.name as artist,
    count(*) as plays,
    count(distinct songplays.user_id) as listeners,
    max(case when songs.is_inferred then 0 else 1 end) = 1 as is_in_catalogue
from songplays
inner join songs on songplays.song_id = songs.song_id
inner join artists on songplays.artist_id = artists.artist_id
group by songs.title, artists.name
order by plays desc, songs.title asc, artists.name asc
limit :top;
