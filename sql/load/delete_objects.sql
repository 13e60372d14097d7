-- Deletes the list of the staged objects, with the staged rows.
delete from staged_objects;
