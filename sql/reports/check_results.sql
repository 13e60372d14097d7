-- What did the checks of the last run find? One row a check; its claim describes the
-- rows that it found.
with
latest as (
    select max(run_id) as run_id
    from check_results
)

select
    check_results.check_name,
    check_results.severity,
    check_results.claim,
    check_results.rows_found
from latest
inner join check_results on latest.run_id = check_results.run_id
order by check_results.check_name asc;
