-- Gives the quarantine of one run to another, whose staged rows include its rows.
update quarantine
set run_id = :run_id
where run_id = :earlier_run_id;
