-- At which times is music played? One row a quarter of an hour that has plays, in UTC:
-- from it, plays can be counted by the hours of any time zone.
with
minutes as (
    select
        date_trunc('minute', start_time) as minute_start,
        count(*) as plays
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by date_trunc('minute', start_time)
)

select
    cast(minute_start as date) as play_date,
    cast(extract(hour from minute_start) as integer) as hour,
    cast(floor(extract(minute from minute_start) / 15) as integer) as quarter,
    cast(sum(plays) as bigint) as plays
from minutes
group by
    cast(minute_start as date),
    cast(extract(hour from minute_start) as integer),
    cast(floor(extract(minute from minute_start) / 15) as integer)
order by play_date asc, hour asc, quarter asc;
