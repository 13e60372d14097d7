-- How much is played from day to day? One row a day and level that has plays, in UTC.
with
listening as (
    select
        play_date,
        level,
        user_id,
        sum(plays) as plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by play_date, level, user_id
)

select
    play_date,
    level,
    cast(sum(plays) as bigint) as plays,
    count(*) as listeners
from listening
group by play_date, level
order by play_date asc, level asc nulls last;
