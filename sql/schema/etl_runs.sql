-- The reconciliation of each step: where its rows ended; one row a step of a run.
create table if not exists etl_runs (
    run_id varchar(64) not null,
    step varchar(64) not null,
    started_at timestamp not null,
    seconds double precision not null,
    rows_in bigint not null,
    rows_staged bigint not null,
    rows_duplicate bigint not null,
    rows_quarantined bigint not null,
    rows_repaired bigint,
    lines_blank bigint,
    files_unread bigint,
    repairs varchar(1024),
    unread varchar(1024)
    -- primary key (run_id, step)
)
diststyle all
sortkey (started_at);

comment on table etl_runs is
'The reconciliation of each step: where its rows ended; one row a step of a run.';
comment on column etl_runs.run_id is
'run that the step belongs to';
comment on column etl_runs.step is
'step and, where it has one, kind of record, such as flatten events';
comment on column etl_runs.started_at is
'timestamp at which the step started, UTC';
comment on column etl_runs.seconds is
'duration of the step, in seconds';
comment on column etl_runs.rows_in is
'number of rows that the step took in; raw records where it flattens';
comment on column etl_runs.rows_staged is
'number of them that it wrote';
comment on column etl_runs.rows_duplicate is
'number of them that repeat an earlier one, in key and content';
comment on column etl_runs.rows_quarantined is
'number of them that are in quarantine';
comment on column etl_runs.rows_repaired is
'number of repairs in the rows that it wrote; NULL where it does not read the source';
comment on column etl_runs.lines_blank is
'number of blank lines, which are no rows; NULL where it does not read the source';
comment on column etl_runs.files_unread is
'number of files that were not read; NULL where it does not read the source';
comment on column etl_runs.repairs is
'repairs by kind, such as 326 text encoded twice; NULL where there is none';
comment on column etl_runs.unread is
'files that were not read, by kind; NULL where there is none';
