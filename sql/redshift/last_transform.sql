-- The run that built the published star; one row, empty before the first run.
select max(run_id) as run_id
from etl_runs
where step = 'transform';
