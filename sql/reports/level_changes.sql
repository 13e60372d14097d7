-- On which days do listeners change their level? One row a day, in UTC, that has a
-- change: plays at another level than the listener's plays before, whenever those were.
-- A level of the filters is the new one.
with
levels as (
    select distinct
        user_id,
        level
    from session_days
    where play_date < :end_time
),

changers as (
    select user_id
    from levels
    group by user_id
    having count(level) > 1
),

blocks as (
    select
        session_days.user_id,
        session_days.level,
        session_days.location,
        session_days.user_agent,
        session_days.first_start,
        lag(session_days.level) over (
            partition by session_days.user_id
            order by session_days.first_start asc, session_days.level asc
        ) as before_level
    from session_days
    inner join changers on session_days.user_id = changers.user_id
    where session_days.play_date < :end_time
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
    and (:metro = 'all' or location in (:metros))
    and (:device = 'all' or user_agent in (:user_agents))
group by cast(first_start as date)
order by change_date asc;
