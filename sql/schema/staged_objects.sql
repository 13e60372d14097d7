-- The objects whose records are staged, by their batches; one row an object.
create table if not exists staged_objects (
    object varchar(1024) not null,
    size bigint not null,
    version varchar(256) not null,
    bytes bigint not null,
    records bigint not null,
    blank bigint not null,
    batch varchar(64) not null,
    run_id varchar(64) not null,
    star varchar(64)
)
diststyle all
sortkey (object);

comment on table staged_objects is
'The objects whose records are staged, by their batches; one row an object.';
comment on column staged_objects.object is
'file or S3 object, as a path below the source';
comment on column staged_objects.size is
'size as stored, in bytes';
comment on column staged_objects.version is
'time of modification or ETag when it was read';
comment on column staged_objects.bytes is
'size after decompression, in UTF-8, in bytes';
comment on column staged_objects.records is
'number of raw records';
comment on column staged_objects.blank is
'number of blank lines, which are no records';
comment on column staged_objects.batch is
'batch of objects that were flattened together';
comment on column staged_objects.run_id is
'last run that loaded staged rows';
comment on column staged_objects.star is
'digest of the SQL by which the star has its records; NULL if it has not';
