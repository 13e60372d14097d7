-- error: The rows that a step took in are not those that it staged, repeated or
-- quarantined.
select
    run_id,
    step,
    rows_in,
    rows_staged,
    rows_duplicate,
    rows_quarantined
from etl_runs
where rows_in <> rows_staged + rows_duplicate + rows_quarantined;
