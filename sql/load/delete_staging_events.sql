-- Empties the staged events before the load, within its transaction.
delete from staging_events;
