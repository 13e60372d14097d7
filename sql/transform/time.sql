-- Rebuilds the time table from the distinct timestamps of plays; one row a timestamp.
delete from time;

insert into time (start_time, hour, day, week, month, year, weekday)
with
timestamps as (
    select distinct start_time
    from plays
)

select
    start_time,
    extract(hour from start_time) as hour,
    extract(day from start_time) as day,
    extract(week from start_time) as week,
    extract(month from start_time) as month,
    extract(year from start_time) as year,
    extract(dow from start_time) as weekday
from timestamps;
