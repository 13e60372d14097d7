-- The batches that are loaded, and by which SQL the star has their records; one row a
-- batch, run and star.
select
    batch,
    run_id,
    star,
    count(*) as objects
from staged_objects
group by batch, run_id, star
order by batch asc;
