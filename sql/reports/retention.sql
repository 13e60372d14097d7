-- How many of a week's new listeners listen again in later weeks? One row a week in
-- which listeners began (from Monday, in UTC) and a number of weeks since (0 is the
-- first week) in which some of them listened. Every week that overlaps the period
-- counts as a whole.
with
cohorts as (
    select
        user_id,
        cast(date_trunc('week', min(play_date)) as date) as cohort_week
    from session_days
    where
        (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id
    having min(play_date) >= date_trunc('week', cast(:start_time as timestamp))
),

members as (
    select distinct
        session_days.user_id,
        cohorts.cohort_week,
        cast(date_trunc('week', session_days.play_date) as date) as week_start
    from session_days
    inner join cohorts on session_days.user_id = cohorts.user_id
    where
        (:level = 'all' or session_days.level = :level)
        and (:metro = 'all' or session_days.location in (:metros))
        and (:device = 'all' or session_days.user_agent in (:user_agents))
),

cells as (
    select
        cohort_week,
        datediff(day, cohort_week, week_start) / 7 as week_number,
        count(*) as listeners
    from members
    where
        week_start < cast(:end_time as timestamp)
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
