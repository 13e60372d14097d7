-- How many listeners move between free and paid? One row. A listener's first and last
-- play in the period decide; of two plays with the same timestamp, the free one counts
-- as the earlier. The parts add up to the listeners.
with
timestamps as (
    select
        user_id,
        min(case when level = 'free' then first_start end) as first_free,
        max(case when level = 'free' then last_start end) as last_free,
        min(case when level = 'paid' then first_start end) as first_paid,
        max(case when level = 'paid' then last_start end) as last_paid
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id
),

moves as (
    select
        case
            when first_paid is null then 'free only'
            when first_free is null then 'paid only'
            when first_free <= first_paid and last_free <= last_paid then 'upgraded'
            when first_free > first_paid and last_free > last_paid then 'downgraded'
            else 'returned'
        end as move
    from timestamps
)

select
    count(*) as listeners,
    count(case when move = 'free only' then 1 end) as free_only,
    count(case when move = 'paid only' then 1 end) as paid_only,
    count(case when move = 'upgraded' then 1 end) as upgraded,
    count(case when move = 'downgraded' then 1 end) as downgraded,
    count(case when move = 'returned' then 1 end) as returned
from moves;
