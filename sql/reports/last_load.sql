-- When did the run end that built the star, and how many of the records that it read
-- are in quarantine? One row, or none before the first run; timestamps in UTC.
with
built as (
    select max(run_id) as run_id
    from etl_runs
    where step = 'transform'
),

-- A star that is built anew by itself is of what an earlier run flattened.
flattened as (
    select max(etl_runs.run_id) as run_id
    from built
    inner join etl_runs on built.run_id >= etl_runs.run_id
    where etl_runs.step like 'flatten %'
),

records as (
    select
        cast(sum(etl_runs.rows_in) as bigint) as records_read,
        cast(sum(etl_runs.rows_quarantined) as bigint) as records_quarantined
    from flattened
    inner join etl_runs on flattened.run_id = etl_runs.run_id
    where etl_runs.step like 'flatten %'
)

select
    etl_runs.run_id,
    etl_runs.started_at + etl_runs.seconds * interval '1 second' as ended_at,
    records.records_read,
    records.records_quarantined
from built
inner join etl_runs on built.run_id = etl_runs.run_id
cross join records
where etl_runs.step = 'transform';
