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
    year integer,
    object varchar(1024) not null,
    record bigint not null
)
diststyle even;

comment on table staging_songs is
'The song metadata as flattened; one row a song of the catalogue.';
comment on column staging_songs.artist_id is
'id of the artist; one id may carry several names';
comment on column staging_songs.artist_latitude is
'latitude of artist_location, in degrees north; NULL where unknown';
comment on column staging_songs.artist_location is
'where the artist is from, in free text; often empty';
comment on column staging_songs.artist_longitude is
'longitude of artist_location, in degrees east; NULL where unknown';
comment on column staging_songs.artist_name is
'name of the artist, as this song has it';
comment on column staging_songs.duration is
'duration of the song, in seconds; NULL where unknown';
comment on column staging_songs.num_songs is
'number of songs that the raw record claims; NULL where it claims none';
comment on column staging_songs.song_id is
'id of the song';
comment on column staging_songs.title is
'title of the song';
comment on column staging_songs.year is
'year of release; 0 or NULL where unknown';
comment on column staging_songs.object is
'file or S3 object that holds the raw record, as a path below the source';
comment on column staging_songs.record is
'number of the raw record in the object, from 1';
