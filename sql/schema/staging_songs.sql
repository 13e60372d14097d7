-- The song metadata as flattened; one row a song of the catalogue.
create table if not exists staging_songs (
    artist_id varchar(64) not null,
    artist_latitude double precision,
    artist_location varchar(1024),
    artist_longitude double precision,
    artist_name varchar(1024) not null,
    duration double precision,
    num_songs integer,
    song_id varchar(64) not null,
    title varchar(1024) not null,
    year integer
)
diststyle even;
