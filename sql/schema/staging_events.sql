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
    user_id varchar(64) not null,
    object varchar(1024) not null,
    record bigint not null
)
diststyle even;

comment on table staging_events is
'The activity logs as flattened; one row an event.';
comment on column staging_events.artist is
'artist of the played song, its text repaired; NULL where none was played';
comment on column staging_events.auth is
'whether the user was logged in, as Logged In or Logged Out';
comment on column staging_events.first_name is
'firstName of the user; NULL where logged out';
comment on column staging_events.gender is
'F or M, as logged; NULL where logged out';
comment on column staging_events.item_in_session is
'itemInSession, the number of the event within its session, from 0';
comment on column staging_events.last_name is
'lastName of the user; NULL where logged out';
comment on column staging_events.length is
'duration of the played song, in seconds; NULL where none was logged';
comment on column staging_events.level is
'subscription at the event, free or paid; NULL where not logged';
comment on column staging_events.location is
'metropolitan area and its states, from the log; NULL where logged out';
comment on column staging_events.method is
'HTTP method of the request, such as PUT';
comment on column staging_events.page is
'page that the user asked for; NextSong is a play';
comment on column staging_events.registration is
'when the user signed up, in epoch milliseconds; NULL where logged out';
comment on column staging_events.session_id is
'sessionId, the number of the session; with user_id it names a session';
comment on column staging_events.song is
'title of the played song, its text repaired; NULL where none was played';
comment on column staging_events.status is
'HTTP status of the response, such as 200';
comment on column staging_events.ts is
'timestamp of the event, in epoch milliseconds, UTC';
comment on column staging_events.user_agent is
'userAgent, the browser and system of the user; NULL where logged out';
comment on column staging_events.user_id is
'userId as text; empty where logged out';
comment on column staging_events.object is
'file or S3 object that holds the raw record, as a path below the source';
comment on column staging_events.record is
'number of the raw record in the object, from 1';
