-- Which steps of a run does the warehouse know? One row a step.
select step
from etl_runs
where run_id = :run_id
order by step asc;
