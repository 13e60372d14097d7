-- The songs of the catalogue and, marked as inferred, those known from plays alone;
-- one row a song.
create table if not exists songs (
    song_id varchar(64) not null,
    title varchar(1024) not null,
    artist_id varchar(64) not null,
    year integer,
    duration double precision,
    is_inferred boolean not null,
    primary key (song_id),
    foreign key (artist_id) references artists (artist_id)
)
diststyle key
distkey (song_id)
sortkey (song_id);
