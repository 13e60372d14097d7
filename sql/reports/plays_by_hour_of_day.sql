-- At which hours of the day is music played? One row an hour that has plays, in UTC.
select
    cast(extract(hour from start_time) as integer) as hour,
    count(*) as plays
from songplays
where
    start_time >= :start_time
    and start_time < :end_time
    and (:level = 'all' or level = :level)
    and (:metro = 'all' or location in (:metros))
    and (:device = 'all' or user_agent in (:user_agents))
group by cast(extract(hour from start_time) as integer)
order by hour asc;
