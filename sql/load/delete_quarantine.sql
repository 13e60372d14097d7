-- Deletes the quarantine of one run, so that a second load does not store it twice.
delete from quarantine
where run_id = :run_id;
