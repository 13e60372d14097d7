-- Lets the user that may only read see every table.
grant usage on schema public to dashboard;

grant select on all tables in schema public to dashboard;
