-- error: A text of artists is longer, in bytes, than its column.
select artist_id
from artists
where
    octet_length(artist_id) > 64
    or octet_length(name) > 1024
    or octet_length(location) > 1024;
