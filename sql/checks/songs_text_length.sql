-- error: A text of songs is longer, in bytes, than its column.
select song_id
from songs
where
    octet_length(song_id) > 64
    or octet_length(title) > 1024
    or octet_length(artist_id) > 64;
