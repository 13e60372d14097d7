-- What each session plays on a day, for questions that need no single play; one row a
-- session, day, level and place.
create table if not exists session_days (
    play_date date not null,
    user_id varchar(64) not null,
    session_id bigint not null,
    level varchar(16),
    location varchar(1024),
    plays bigint not null,
    matched_plays bigint not null,
    first_start timestamp not null,
    last_start timestamp not null,
    last_end timestamp not null,
    foreign key (user_id) references users (user_id)
)
diststyle key
distkey (user_id)
sortkey (play_date);
