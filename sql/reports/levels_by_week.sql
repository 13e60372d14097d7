-- How do free and paid listening change? One row a week (from Monday, in UTC) that has
-- plays; a listener who played at both levels counts at both.
with
activity as (
    select
        user_id,
        cast(date_trunc('week', play_date) as date) as week_start,
        sum(case when level = 'free' then plays else 0 end) as free_plays,
        sum(case when level = 'paid' then plays else 0 end) as paid_plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id, cast(date_trunc('week', play_date) as date)
)

select
    week_start,
    count(case when free_plays > 0 then 1 end) as free_listeners,
    count(case when paid_plays > 0 then 1 end) as paid_listeners,
    cast(sum(free_plays) as bigint) as free_plays,
    cast(sum(paid_plays) as bigint) as paid_plays
from activity
group by week_start
order by week_start asc;
