-- Notes the run that loaded last.
update staged_objects
set run_id = :run_id
where run_id <> :run_id;
