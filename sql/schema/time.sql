-- The timestamps of plays, in parts and in UTC; one row a timestamp.
create table if not exists time (
    start_time timestamp not null,
    hour integer not null,
    day integer not null,
    week integer not null,
    month integer not null,
    year integer not null,
    weekday integer not null
    -- primary key (start_time)
)
diststyle all
sortkey (start_time);

comment on table time is
'The timestamps of plays, in parts and in UTC; one row a timestamp.';
comment on column time.start_time is
'timestamp at which one play or more started, UTC, to the millisecond';
comment on column time.hour is
'hour of the day, 0 to 23';
comment on column time.day is
'day of the month, 1 to 31';
comment on column time.week is
'week of the year by ISO 8601, 1 to 53';
comment on column time.month is
'month of the year, 1 to 12';
comment on column time.year is
'calendar year, which may differ from the year of the ISO week';
comment on column time.weekday is
'day of the week, from 0 for Sunday to 6 for Saturday';
