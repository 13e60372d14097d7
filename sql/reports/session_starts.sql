-- At which hours do sessions start? One row an hour of the day that has any, in UTC.
with
sessions as (
    select
        user_id,
        session_id,
        min(first_start) as first_start
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
    extract(hour from first_start) as hour,
    count(*) as sessions
from sessions
group by extract(hour from first_start)
order by hour asc;
