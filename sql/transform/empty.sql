-- Empties the star, so that it lacks all staged records.
delete from songplays;

delete from session_days;

delete from time;

delete from users;

delete from songs;

delete from artists;

update staged_objects
set star = null
where star is not null;
