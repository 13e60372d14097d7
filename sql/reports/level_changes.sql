-- On which days do listeners change their level? One row a day, in UTC, that has a
-- change: plays at another level than the listener's plays before, whenever those were.
-- A level of the filters is the new one.
with
blocks as (
    select
        user_id,
        level,
        location,
        first_start,
        lag(level) over (
            partition by user_id
            order by first_start asc, level asc
        ) as before_level
    from session_days
    where play_date < :end_time
)

select
    cast(first_start as date) as change_date,
    count(case when level = 'paid' then 1 end) as upgrades,
    count(case when level = 'free' then 1 end) as downgrades
from blocks
where
    level <> before_level
    and first_start >= :start_time
    and (:level = 'all' or level = :level)
    and (:metro = 'all' or location = :metro)
group by cast(first_start as date)
order by change_date asc;
