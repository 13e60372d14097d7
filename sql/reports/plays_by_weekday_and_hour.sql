-- At which hours of the week is music played? One row a weekday (0 is Sunday) and hour
-- that has plays, in UTC, with the plays of an average such hour: those of all days of
-- the calendar between the first play and the last, with plays or without.
with
span as (
    select
        min(cast(start_time as date)) as first_date,
        datediff(
            day, min(cast(start_time as date)), max(cast(start_time as date))
        ) + 1 as day_count
    from songplays
),

hours as (
    select
        time.weekday,
        time.hour,
        count(*) as plays
    from songplays
    inner join time on songplays.start_time = time.start_time
    group by time.weekday, time.hour
),

offsets as (
    select
        hours.weekday,
        hours.hour,
        hours.plays,
        span.day_count,
        (hours.weekday - extract(dow from span.first_date) + 7) % 7 as days_before
    from hours
    cross join span
)

select
    weekday,
    hour,
    plays,
    (day_count - 1 - days_before) / 7 + 1 as calendar_days,
    plays * 1.0 / ((day_count - 1 - days_before) / 7 + 1) as plays_per_day
from offsets
order by weekday asc, hour asc;
