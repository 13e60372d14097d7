-- The raw records that cannot be used, and why; one row a record and run.
create table if not exists quarantine (
    run_id varchar(64) not null,
    object varchar(1024) not null,
    line bigint not null,
    "raw" varchar(65535) not null,
    reason varchar(512) not null,
    record bigint not null,
    rule varchar(256) not null
)
diststyle even
sortkey (run_id);

comment on table quarantine is
'The raw records that cannot be used, and why; one row a record and run.';
comment on column quarantine.run_id is
'last run that kept the raw record out of the star';
comment on column quarantine.object is
'file or S3 object that holds the raw record, as a path below the source';
comment on column quarantine.line is
'line number of the raw record in the object, from 1';
comment on column quarantine."raw" is
'text of the raw record; no more than its first 16,383 characters';
comment on column quarantine.reason is
'rule that the raw record breaks, with the value that breaks it';
comment on column quarantine.record is
'number of the raw record in the object, from 1';
comment on column quarantine.rule is
'rule that the raw record breaks; the same for all values';
