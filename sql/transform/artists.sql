-- Adds the inferred artists of the new plays; one row an artist.
insert into artists (artist_id, name, location, latitude, longitude, is_inferred)
select distinct
    tracks.artist_id,
    tracks.artist_name as name,
    cast(null as varchar(1024)) as location,
    cast(null as double precision) as latitude,
    cast(null as double precision) as longitude,
    true as is_inferred
from tracks
left join artists on tracks.artist_id = artists.artist_id
where tracks.is_inferred_artist and artists.artist_id is null;
