-- The user that may only read, with the group of the users that Sparkify made, or null;
-- one row if the user exists.
select
    pg_user.usename as user_name,
    pg_group.groname as group_name
from pg_user
left join pg_group
    on
        pg_group.groname = 'sparkify_readers'
        and pg_user.usesysid = any(pg_group.grolist)
where pg_user.usename = :user_name;
