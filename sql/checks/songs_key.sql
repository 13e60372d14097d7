-- error: A song_id is missing or occurs in several rows of songs.
select
    song_id,
    count(*) as row_count
from songs
group by song_id
having song_id is null or count(*) > 1;
