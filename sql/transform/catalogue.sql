-- Fills an empty star with the songs of the catalogue and their artists, each artist
-- from its song with the smallest id; one row a song, one row an artist.
insert into songs (song_id, title, artist_id, year, duration, is_inferred)
select
    song_id,
    title,
    artist_id,
    nullif(year, 0) as year,
    duration,
    false as is_inferred
from staging_songs;

insert into artists (artist_id, name, location, latitude, longitude, is_inferred)
with
ranked as (
    select
        artist_id,
        artist_name,
        artist_location,
        artist_latitude,
        artist_longitude,
        row_number() over (
            partition by artist_id
            order by song_id asc
        ) as song_rank
    from staging_songs
)

select
    artist_id,
    artist_name as name,
    nullif(artist_location, '') as location,
    artist_latitude as latitude,
    artist_longitude as longitude,
    false as is_inferred
from ranked
where song_rank = 1;
