-- The number of rows that a run loaded into each table; one row a table.
select
    'staging_events' as table_name,
    count(*) as row_count
from staging_events
union all
select
    'staging_songs' as table_name,
    count(*) as row_count
from staging_songs
union all
select
    'quarantine' as table_name,
    count(*) as row_count
from quarantine
where run_id = :run_id;
