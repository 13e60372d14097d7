-- How many plays of each day does the star hold? One row a day that has plays, in UTC.
select
    play_date,
    cast(sum(plays) as bigint) as plays
from session_days
group by play_date
order by play_date asc;
