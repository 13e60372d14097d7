-- How long is a session? One row. A session lasts from the start of its first play
-- until all its plays have ended.
with
sessions as (
    select
        cast(sum(plays) as double precision) as plays,
        datediff(millisecond, min(first_start), max(last_end)) / 60000.0 as minutes
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id, session_id
),

by_plays as (
    select
        count(*) as sessions,
        percentile_cont(0.5) within group (order by plays) as median_plays,
        percentile_cont(0.9) within group (order by plays) as p90_plays
    from sessions
),

by_minutes as (
    select
        percentile_cont(0.5) within group (order by minutes) as median_minutes,
        percentile_cont(0.9) within group (order by minutes) as p90_minutes
    from sessions
)

select
    by_plays.sessions,
    by_plays.median_plays,
    by_plays.p90_plays,
    by_minutes.median_minutes,
    by_minutes.p90_minutes
from by_plays
cross join by_minutes;
