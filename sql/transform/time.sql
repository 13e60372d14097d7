-- Adds the timestamps of the new plays; one row a timestamp.
insert into time (start_time, hour, day, week, month, year, weekday)
with
timestamps as (
    select distinct staging_plays.start_time
    from staging_plays
    inner join fresh_objects on staging_plays.object = fresh_objects.object
    left join time on staging_plays.start_time = time.start_time
    where time.start_time is null
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
