-- Takes the quarantine of one run out again, so that loading it twice keeps it once.
delete from quarantine
where run_id = :run_id;
