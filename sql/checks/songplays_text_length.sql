-- error: A text of songplays is longer, in bytes, than its column.
select songplay_id
from songplays
where
    octet_length(songplay_id) > 128
    or octet_length(user_id) > 64
    or octet_length(level) > 16
    or octet_length(song_id) > 64
    or octet_length(artist_id) > 64
    or octet_length(location) > 1024
    or octet_length(user_agent) > 2048;
