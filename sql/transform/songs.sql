-- Updates the inferred songs of the new plays; one row a song.
delete from songs
where song_id in (select lengths.song_id from lengths);

insert into songs (song_id, title, artist_id, year, duration, is_inferred)
select
    song_id,
    title,
    artist_id,
    cast(null as integer) as year,
    length as duration,
    true as is_inferred
from lengths;
