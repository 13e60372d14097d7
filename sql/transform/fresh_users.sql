-- The users of the events that the star lacks; one row a user.
drop table if exists fresh_users;

create temporary table fresh_users as
select distinct staging_events.user_id
from staging_events
inner join fresh_objects on staging_events.object = fresh_objects.object
where staging_events.user_id <> '';
