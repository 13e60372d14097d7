-- The artists of the catalogue and, marked as inferred, those known from plays alone;
-- one row an artist.
create table if not exists artists (
    artist_id varchar(64) not null,
    name varchar(1024) not null,
    location varchar(1024),
    latitude double precision,
    longitude double precision,
    is_inferred boolean not null,
    primary key (artist_id)
)
diststyle all
sortkey (artist_id);
