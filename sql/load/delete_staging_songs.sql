-- Deletes the staged songs, in the transaction of the load.
delete from staging_songs;
