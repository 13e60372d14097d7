-- At which hours of the week is music played? One row a weekday (0 is Sunday) and hour
-- that has plays, in UTC.
select
    cast(extract(dow from start_time) as integer) as weekday,
    cast(extract(hour from start_time) as integer) as hour,
    count(*) as plays
from songplays
where
    start_time >= :start_time
    and start_time < :end_time
    and (:level = 'all' or level = :level)
    and (:metro = 'all' or location in (:metros))
    and (:device = 'all' or user_agent in (:user_agents))
group by
    cast(extract(dow from start_time) as integer),
    cast(extract(hour from start_time) as integer)
order by weekday asc, hour asc;
