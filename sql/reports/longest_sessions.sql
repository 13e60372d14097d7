-- Which sessions last longest? One row a session, the longest first. A session lasts
-- from the start of its first play until all its plays have ended. Its level is paid if
-- any of its plays is paid.
with
sessions as (
    select
        user_id,
        session_id,
        min(first_start) as started_at,
        datediff(millisecond, min(first_start), max(last_end)) / 60000.0 as minutes,
        cast(sum(plays) as bigint) as plays,
        max(level) as level
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id, session_id
)

select
    started_at,
    minutes,
    plays,
    level
from sessions
order by minutes desc, started_at asc, user_id asc, session_id asc
limit :top;
