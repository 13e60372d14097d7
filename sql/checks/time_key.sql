-- error: A start_time is missing or occurs in several rows of time.
select
    start_time,
    count(*) as row_count
from time
group by start_time
having start_time is null or count(*) > 1;
