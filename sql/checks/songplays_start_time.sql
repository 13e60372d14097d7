-- error: A play names a start_time that time does not hold.
select
    songplays.songplay_id,
    songplays.start_time
from songplays
left join time on songplays.start_time = time.start_time
where time.start_time is null;
