-- What did the last runs take in, and where did it end? One row a step of a run, the
-- last run first.
with
latest as (
    select distinct run_id
    from etl_runs
    order by run_id desc
    limit :top
)

select
    etl_runs.run_id,
    etl_runs.step,
    etl_runs.started_at,
    etl_runs.seconds,
    etl_runs.rows_in,
    etl_runs.rows_staged,
    etl_runs.rows_duplicate,
    etl_runs.rows_quarantined,
    etl_runs.rows_repaired,
    etl_runs.lines_blank,
    etl_runs.files_unread,
    etl_runs.repairs,
    etl_runs.unread
from latest
inner join etl_runs on latest.run_id = etl_runs.run_id
order by etl_runs.run_id desc, etl_runs.started_at asc, etl_runs.step asc;
