-- How much is played from day to day? One row a day that has plays, in UTC, and level.
select
    cast(start_time as date) as play_date,
    level,
    count(*) as plays,
    count(distinct user_id) as listeners
from songplays
group by cast(start_time as date), level
order by play_date asc, level asc;
