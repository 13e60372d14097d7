-- How many of a week's new listeners listen again in later weeks? One row a week in
-- which listeners began (from Monday, in UTC) and a number of weeks since (0 is the
-- first week) in which some of them listened. Every week that overlaps the period
-- counts as a whole.
with
activity as (
    select distinct
        user_id,
        cast(date_trunc('week', play_date) as date) as week_start
    from session_days
    where
        (:level = 'all' or level = :level)
        and (:metro = 'all' or location = :metro)
),

members as (
    select
        user_id,
        week_start,
        min(week_start) over (partition by user_id) as cohort_week
    from activity
),

cells as (
    select
        cohort_week,
        datediff(day, cohort_week, week_start) / 7 as week_number,
        count(*) as listeners
    from members
    where
        cohort_week >= date_trunc('week', cast(:start_time as timestamp))
        and week_start < cast(:end_time as timestamp)
        and cast(:start_time as timestamp) < cast(:end_time as timestamp)
    group by cohort_week, datediff(day, cohort_week, week_start) / 7
)

select
    cohort_week,
    week_number,
    listeners,
    max(listeners) over (partition by cohort_week) as cohort_size
from cells
order by cohort_week asc, week_number asc;
