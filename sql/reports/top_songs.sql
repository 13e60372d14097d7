-- Which songs are played most? One row a song, the most played first.
select
    songs.title,
    artists.name as artist,
    count(*) as plays,
    count(distinct songplays.user_id) as listeners,
    songs.is_inferred
from songplays
inner join songs on songplays.song_id = songs.song_id
inner join artists on songplays.artist_id = artists.artist_id
group by songs.song_id, songs.title, artists.name, songs.is_inferred
order by plays desc, songs.title asc, artists.name asc, songs.is_inferred asc
limit :top;
