-- The steps of a run that `etl_runs` holds; one row a step.
select step
from etl_runs
where run_id = :run_id
order by step asc;
