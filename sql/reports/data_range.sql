-- When are the first and the last play of the star? One row.
select
    min(start_time) as first_play,
    max(start_time) as last_play
from songplays;
