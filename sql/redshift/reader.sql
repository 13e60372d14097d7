-- Is the user there that may only read? One row if so.
select usename
from pg_user
where usename = 'dashboard';
