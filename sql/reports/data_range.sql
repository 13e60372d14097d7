-- From when to when does the star know plays? One row.
select
    min(start_time) as first_play,
    max(start_time) as last_play
from songplays;
