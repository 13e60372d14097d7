-- How many rows of a run the staging tables hold; one row a table.
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
