-- The activity logs as flattened; one row an event.
create table if not exists staging_events (
    artist varchar(1024),
    auth varchar(64),
    first_name varchar(256),
    gender varchar(16),
    item_in_session integer not null,
    last_name varchar(256),
    length double precision,
    level varchar(16),
    location varchar(1024),
    method varchar(16),
    page varchar(64) not null,
    registration double precision,
    session_id bigint not null,
    song varchar(1024),
    status integer,
    ts bigint not null,
    user_agent varchar(2048),
    user_id varchar(64) not null
)
diststyle even;
