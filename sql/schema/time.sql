-- The moments at which a song was played, in parts and in UTC; one row a moment.
create table if not exists time (
    start_time timestamp not null,
    hour integer not null,
    day integer not null,
    week integer not null,
    month integer not null,
    year integer not null,
    weekday integer not null,
    primary key (start_time)
)
diststyle all
sortkey (start_time);
