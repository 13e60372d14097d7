-- Stores the result of one check of a run, in place of an earlier one.
delete from check_results
where run_id = :run_id and check_name = :check_name;

insert into check_results (run_id, check_name, severity, claim, rows_found)
values (:run_id, :check_name, :severity, :claim, :rows_found);
