-- Which run built the star that readers see; one row, empty before the first.
select max(run_id) as run_id
from etl_runs
where step = 'transform';
