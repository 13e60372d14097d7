-- Which raw records were quarantined? One row a run and reason, the last run first.
select
    run_id,
    reason,
    count(*) as row_count
from quarantine
group by run_id, reason
order by run_id desc, row_count desc, reason asc
limit 500;
