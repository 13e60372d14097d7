-- warn: The catalogue writes the name of an artist in several ways; the star keeps one.
select
    artist_id,
    count(distinct artist_name) as name_count
from staging_songs
group by artist_id
having count(distinct artist_name) > 1;
