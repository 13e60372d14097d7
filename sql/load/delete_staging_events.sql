-- Deletes the staged events, in the transaction of the load.
delete from staging_events;
