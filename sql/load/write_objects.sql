-- Stores the objects of a batch whose records were loaded.
insert into staged_objects (
    object, size, version, bytes, records, blank, batch, run_id, star
)
select
    name as object,
    size,
    version,
    bytes,
    records,
    blank,
    :batch as batch_name,
    :run_id as last_run_id,
    cast(null as varchar(64)) as star
from new_objects;
