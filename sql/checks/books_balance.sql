-- error: The rows that a step took in are not those that it staged, found twice or put
-- aside.
select
    run_id,
    step,
    rows_in,
    rows_staged,
    rows_duplicate,
    rows_quarantined
from etl_runs
where rows_in <> rows_staged + rows_duplicate + rows_quarantined;
