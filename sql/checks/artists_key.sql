-- error: An artist_id is missing or occurs in several rows of artists.
select
    artist_id,
    count(*) as row_count
from artists
group by artist_id
having artist_id is null or count(*) > 1;
