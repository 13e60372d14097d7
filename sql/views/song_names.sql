-- The songs with the names that people know them by; one row a song.
create or replace view song_names as
select
    songs.song_id,
    songs.title,
    artists.name as artist,
    songs.year,
    songs.duration,
    songs.is_inferred
from songs
inner join artists on songs.artist_id = artists.artist_id;

comment on view song_names is
'The songs with the names that people know them by; one row a song.';
