-- The rollup of the plays; one row a session, day, level, place and user agent.
create table if not exists session_days (
    play_date date not null,
    user_id varchar(64) not null,
    session_id bigint not null,
    level varchar(16),
    location varchar(1024),
    user_agent varchar(2048),
    plays bigint not null,
    matched_plays bigint not null,
    first_start timestamp not null,
    last_start timestamp not null,
    last_end timestamp not null
    -- foreign key (user_id) references users (user_id)
)
diststyle key
distkey (user_id)
sortkey (play_date);

comment on table session_days is
'The rollup of the plays; one row a session, day, level, place and user agent.';
comment on column session_days.play_date is
'day on which the plays started, UTC';
comment on column session_days.user_id is
'user who listened';
comment on column session_days.session_id is
'number of the session; with user_id it names a session';
comment on column session_days.level is
'subscription at the plays, free or paid';
comment on column session_days.location is
'metropolitan area and its states; NULL where not logged';
comment on column session_days.user_agent is
'browser and system at the plays; NULL where not logged';
comment on column session_days.plays is
'number of plays';
comment on column session_days.matched_plays is
'number of plays whose song is in the catalogue';
comment on column session_days.first_start is
'timestamp at which the first of the plays started, UTC';
comment on column session_days.last_start is
'timestamp at which the last of the plays started, UTC';
comment on column session_days.last_end is
'timestamp at which all songs had ended, by start and duration, UTC';
