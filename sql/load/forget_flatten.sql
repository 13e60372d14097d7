-- Deletes the reconciliation of a flatten, so that its rows do not count as loaded.
delete from etl_runs
where run_id = :run_id and step like 'flatten %';
