-- Which artists are played most? One row an artist's name, the most played first.
select
    artists.name as artist,
    count(*) as plays,
    count(distinct songplays.user_id) as listeners,
    count(distinct songplays.song_id) as songs
from songplays
inner join artists on songplays.artist_id = artists.artist_id
group by artists.name
order by plays desc, artists.name asc
limit :top;
