-- A schema; one row if it exists.
select nspname as schema_name
from pg_namespace
where nspname = :schema;
