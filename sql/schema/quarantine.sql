-- The raw lines that were put aside, and why; one row a line and run.
create table if not exists quarantine (
    run_id varchar(64) not null,
    object varchar(1024) not null,
    line bigint not null,
    "raw" varchar(65535) not null,
    reason varchar(256) not null
)
diststyle even
sortkey (run_id);
