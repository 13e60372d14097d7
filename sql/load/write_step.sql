-- Stores the reconciliation of one step of a run, in place of an earlier one.
delete from etl_runs
where run_id = :run_id and step = :step;

insert into etl_runs (
    run_id,
    step,
    started_at,
    seconds,
    rows_in,
    rows_staged,
    rows_duplicate,
    rows_quarantined,
    rows_repaired,
    lines_blank,
    files_unread,
    repairs,
    unread
)
values (
    :run_id,
    :step,
    :started_at,
    :seconds,
    :rows_in,
    :rows_staged,
    :rows_duplicate,
    :rows_quarantined,
    :rows_repaired,
    :lines_blank,
    :files_unread,
    :repairs,
    :unread
);
