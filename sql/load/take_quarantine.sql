-- Gives a run the quarantine of an earlier one, whose staged rows it keeps.
update quarantine
set run_id = :run_id
where run_id = :earlier_run_id;
