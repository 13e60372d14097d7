-- What the checks of the published stars found; one row a check and run.
create table if not exists check_results (
    run_id varchar(64) not null,
    check_name varchar(64) not null,
    severity varchar(16) not null,
    claim varchar(1024) not null,
    rows_found bigint not null,
    primary key (run_id, check_name)
)
diststyle all
sortkey (run_id);
