-- The books of the runs: how many rows each step took in, and where they ended;
-- one row a step of a run.
create table if not exists etl_runs (
    run_id varchar(64) not null,
    step varchar(64) not null,
    started_at timestamp not null,
    seconds double precision not null,
    rows_in bigint not null,
    rows_staged bigint not null,
    rows_duplicate bigint not null,
    rows_quarantined bigint not null,
    primary key (run_id, step)
)
diststyle all
sortkey (started_at);
