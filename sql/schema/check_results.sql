-- What the checks of the published stars found; one row a check and run.
create table if not exists check_results (
    run_id varchar(64) not null,
    check_name varchar(64) not null,
    severity varchar(16) not null,
    claim varchar(1024) not null,
    rows_found bigint not null
    -- primary key (run_id, check_name)
)
diststyle all
sortkey (run_id);

comment on table check_results is
'What the checks of the published stars found; one row a check and run.';
comment on column check_results.run_id is
'run that published the star';
comment on column check_results.check_name is
'file of sql/checks that was run, without its suffix';
comment on column check_results.severity is
'error, which stops a run, or warn, which is shown';
comment on column check_results.claim is
'what is wrong with the rows that the check finds';
comment on column check_results.rows_found is
'number of rows that the check found; 0 where it passed';
