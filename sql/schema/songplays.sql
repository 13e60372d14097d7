-- The plays: who listened to what, when and where; one row a play.
create table if not exists songplays (
    songplay_id varchar(128) not null,
    start_time timestamp not null,
    user_id varchar(64) not null,
    level varchar(16),
    song_id varchar(64) not null,
    artist_id varchar(64) not null,
    session_id bigint not null,
    location varchar(1024),
    user_agent varchar(2048)
    -- primary key (songplay_id)
    -- foreign key (start_time) references time (start_time)
    -- foreign key (user_id) references users (user_id)
    -- foreign key (song_id) references songs (song_id)
    -- foreign key (artist_id) references artists (artist_id)
)
diststyle key
distkey (song_id)
sortkey (start_time);

comment on table songplays is
'The plays: who listened to what, when and where; one row a play.';
comment on column songplays.songplay_id is
'user, session and item, joined by hyphens; the same on every run';
comment on column songplays.start_time is
'timestamp at which the play started, UTC, to the millisecond';
comment on column songplays.user_id is
'user who listened';
comment on column songplays.level is
'subscription at the play, free or paid; plays without are in quarantine';
comment on column songplays.song_id is
'song that was played; where the catalogue lacks it, an inferred member';
comment on column songplays.artist_id is
'artist of the song that was played';
comment on column songplays.session_id is
'number of the session; with user_id it names a session';
comment on column songplays.location is
'metropolitan area and its states at the play; NULL where not logged';
comment on column songplays.user_agent is
'browser and system at the play; NULL where not logged';
