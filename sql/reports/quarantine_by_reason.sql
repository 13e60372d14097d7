-- Which raw lines were put aside? One row a run, the last first, and reason.
select
    run_id,
    reason,
    count(*) as row_count
from quarantine
group by run_id, reason
order by run_id desc, row_count desc, reason asc
limit 500;
