-- The group of the users that Sparkify made; one row if it exists.
select groname as group_name
from pg_group
where groname = 'sparkify_readers';
