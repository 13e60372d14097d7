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
    user_agent varchar(2048),
    primary key (songplay_id),
    foreign key (start_time) references time (start_time),
    foreign key (user_id) references users (user_id),
    foreign key (song_id) references songs (song_id),
    foreign key (artist_id) references artists (artist_id)
)
diststyle key
distkey (song_id)
sortkey (start_time);
