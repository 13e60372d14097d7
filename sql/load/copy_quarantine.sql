-- Gives a run the quarantine of an earlier one, whose staged rows it keeps.
insert into quarantine (run_id, object, line, "raw", reason, record, rule)
select
    :run_id as new_run_id,
    object,
    line,
    "raw",
    reason,
    record,
    rule
from quarantine
where run_id = :earlier_run_id;
