-- Artists, of the catalogue or inferred from plays alone; one row an artist.
create table if not exists artists (
    artist_id varchar(64) not null,
    name varchar(1024) not null,
    location varchar(1024),
    latitude double precision,
    longitude double precision,
    is_inferred boolean not null
    -- primary key (artist_id)
)
diststyle all
sortkey (artist_id);

comment on table artists is
'Artists, of the catalogue or inferred from plays alone; one row an artist.';
comment on column artists.artist_id is
'id of the catalogue; of an inferred member, AI and a hash of the name';
comment on column artists.name is
'name of the artist; of several, that of the smallest song id';
comment on column artists.location is
'where the artist is from, in free text; NULL where unknown or inferred';
comment on column artists.latitude is
'latitude of the location, in degrees north; NULL where unknown';
comment on column artists.longitude is
'longitude of the location, in degrees east; NULL where unknown';
comment on column artists.is_inferred is
'true for an inferred member, known from plays alone';
