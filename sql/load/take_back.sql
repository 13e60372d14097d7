-- Gives the loaded batches their own names again.
update staged_objects
set batch = substring(batch, 6);
