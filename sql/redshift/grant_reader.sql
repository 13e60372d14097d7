-- Grants the user that may only read access to every table.
grant usage on schema public to dashboard;

grant select on all tables in schema public to dashboard;
