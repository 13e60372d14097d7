-- How much is played from day to day? One row a day that has plays, in UTC, and level.
with
listening as (
    select
        cast(start_time as date) as play_date,
        level,
        user_id,
        count(*) as plays
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location = :metro)
    group by cast(start_time as date), level, user_id
)

select
    play_date,
    level,
    cast(sum(plays) as bigint) as plays,
    count(*) as listeners
from listening
group by play_date, level
order by play_date asc, level asc nulls last;
