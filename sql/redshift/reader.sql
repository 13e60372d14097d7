-- The user that may only read; one row if it exists.
select usename
from pg_user
where usename = 'dashboard';
