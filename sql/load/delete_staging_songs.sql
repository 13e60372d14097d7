-- Empties the staged songs before the load, within its transaction.
delete from staging_songs;
