-- Forgets that the rows of a run were loaded, until they are again.
delete from etl_runs
where run_id = :run_id and step like 'flatten %';
