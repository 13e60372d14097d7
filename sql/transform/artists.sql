-- Rebuilds the artists: those of the catalogue, each from its song with the smallest
-- id, and an inferred artist for each played name that the catalogue lacks; one row an
-- artist.
delete from artists;

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
),

catalogue as (
    select
        artist_id,
        artist_name,
        artist_location,
        artist_latitude,
        artist_longitude
    from ranked
    where song_rank = 1
),

inferred as (
    select distinct
        artist_id,
        artist_name
    from tracks
    where is_inferred_artist
)

select
    artist_id,
    artist_name as name,
    nullif(artist_location, '') as location,
    artist_latitude as latitude,
    artist_longitude as longitude,
    false as is_inferred
from catalogue
union all
select
    artist_id,
    artist_name as name,
    null as location,
    null as latitude,
    null as longitude,
    true as is_inferred
from inferred;
