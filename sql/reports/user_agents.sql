-- Which user agents do the listeners use? One row a user agent as the browser sent it,
-- the most used first; no rows if none is known.
with
activity as (
    select
        user_agent,
        user_id,
        count(*) as plays
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
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
