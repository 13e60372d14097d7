-- At which times is music played? One row a quarter of an hour that has plays, in UTC:
-- from it, plays can be counted by the hours of any time zone.
select
    cast(start_time as date) as play_date,
    cast(extract(hour from start_time) as integer) as hour,
    cast(floor(extract(minute from start_time) / 15) as integer) as quarter,
    count(*) as plays
from songplays
where
    start_time >= :start_time
    and start_time < :end_time
    and (:level = 'all' or level = :level)
    and (:metro = 'all' or location = :metro)
group by
    cast(start_time as date),
    cast(extract(hour from start_time) as integer),
    cast(floor(extract(minute from start_time) / 15) as integer)
order by play_date asc, hour asc, quarter asc;
