-- Songs, of the catalogue or inferred from plays alone; one row a song.
create table if not exists songs (
    song_id varchar(64) not null,
    title varchar(1024) not null,
    artist_id varchar(64) not null,
    year integer,
    duration double precision,
    is_inferred boolean not null
    -- primary key (song_id)
    -- foreign key (artist_id) references artists (artist_id)
)
diststyle key
distkey (song_id)
sortkey (song_id);

comment on table songs is
'Songs, of the catalogue or inferred from plays alone; one row a song.';
comment on column songs.song_id is
'id of the catalogue; of an inferred member, SI and a hash of title and artist';
comment on column songs.title is
'title of the song';
comment on column songs.artist_id is
'artist of the song';
comment on column songs.year is
'year of release; NULL where unknown or inferred';
comment on column songs.duration is
'duration in seconds, the most frequent logged if inferred; NULL where unknown';
comment on column songs.is_inferred is
'true for an inferred member, known from plays alone';
