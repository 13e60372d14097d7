-- error: A play lies before 2000 or after 2100.
select start_time
from time
where start_time < '2000-01-01' or start_time >= '2100-01-01';
