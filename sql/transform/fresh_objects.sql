-- The objects whose records the star lacks; one row an object.
drop table if exists fresh_objects;

create temporary table fresh_objects as
select object
from staged_objects
where star is null;
