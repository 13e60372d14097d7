-- How many plays, listeners and sessions are there, and how many plays are paid or of
-- the catalogue's songs? One row.
with
sessions as (
    select
        user_id,
        session_id,
        sum(plays) as plays,
        sum(case when level = 'paid' then plays else 0 end) as paid_plays,
        sum(matched_plays) as matched_plays
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
    coalesce(cast(sum(plays) as bigint), 0) as plays,
    count(distinct user_id) as listeners,
    count(*) as sessions,
    coalesce(cast(sum(paid_plays) as bigint), 0) as paid_plays,
    coalesce(cast(sum(matched_plays) as bigint), 0) as matched_plays
from sessions;
