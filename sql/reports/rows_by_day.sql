-- How many plays of each day does the star hold? One row a day that has plays, in UTC.
select
    cast(start_time as date) as play_date,
    count(*) as plays
from songplays
group by cast(start_time as date)
order by play_date asc;
