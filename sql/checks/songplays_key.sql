-- error: A songplay_id is missing or occurs in several rows of songplays.
select
    songplay_id,
    count(*) as row_count
from songplays
group by songplay_id
having songplay_id is null or count(*) > 1;
