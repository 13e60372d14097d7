-- error: The level of a play is neither free nor paid.
select
    songplay_id,
    level
from songplays
where level is null or level not in ('free', 'paid');
