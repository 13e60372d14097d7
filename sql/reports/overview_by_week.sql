-- How do plays, listeners, sessions, paid plays and plays of the catalogue's songs
-- change from week to week? One row a week (from Monday, in UTC) that has plays; a
-- session counts in each week in which it has plays.
with
sessions as (
    select
        cast(date_trunc('week', play_date) as date) as week_start,
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
    group by
        cast(date_trunc('week', play_date) as date),
        user_id,
        session_id
)

select
    week_start,
    cast(sum(plays) as bigint) as plays,
    count(distinct user_id) as listeners,
    count(*) as sessions,
    cast(sum(paid_plays) as bigint) as paid_plays,
    cast(sum(matched_plays) as bigint) as matched_plays
from sessions
group by week_start
order by week_start asc;
