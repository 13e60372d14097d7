-- How many plays does the star hold of each day? One row a day that has plays, in UTC.
select
    cast(start_time as date) as play_date,
    count(*) as plays
from songplays
group by cast(start_time as date)
order by play_date asc;
