-- Which raw records were quarantined? One row a run and rule, the last run first.
select
    run_id,
    rule,
    count(*) as row_count,
    min(reason) as example
from quarantine
group by run_id, rule
order by run_id desc, row_count desc, rule asc
limit 500;
