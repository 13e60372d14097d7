-- Which user agents do the listeners use? One row a user agent as the browser sent it,
-- the most used first, at most 500; where none was logged, it is an empty text.
with
activity as (
    select
        user_agent,
        user_id,
        sum(plays) as plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_agent, user_id
)

select
    coalesce(user_agent, '') as user_agent,
    cast(sum(plays) as bigint) as plays,
    count(distinct user_id) as listeners
from activity
group by coalesce(user_agent, '')
order by plays desc, user_agent asc
limit 500;
