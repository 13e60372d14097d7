-- How many listeners are new, and how many come back? One row a week (from Monday, in
-- UTC) that has plays. A listener is new in the week of their first play ever (at the
-- level, place and device of the filters), even if it is before the period. In the
-- first week of the star nobody knows who is new: its listeners are early.
with
activity as (
    select
        user_id,
        cast(date_trunc('week', play_date) as date) as week_start,
        max(play_date) as last_date
    from session_days
    where
        play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id, cast(date_trunc('week', play_date) as date)
),

first_weeks as (
    select
        user_id,
        min(week_start) as first_week
    from activity
    group by user_id
),

first_day as (
    select min(play_date) as play_date
    from session_days
)

select
    activity.week_start,
    count(
        case when activity.week_start <= first_day.play_date then 1 end
    ) as early_listeners,
    count(
        case
            when
                activity.week_start = first_weeks.first_week
                and activity.week_start > first_day.play_date
                then 1
        end
    ) as new_listeners,
    count(
        case when activity.week_start > first_weeks.first_week then 1 end
    ) as returning_listeners
from activity
inner join first_weeks on activity.user_id = first_weeks.user_id
cross join first_day
where activity.last_date >= :start_time
group by activity.week_start
order by activity.week_start asc;
