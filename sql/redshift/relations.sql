-- The tables and views of a schema; one row each.
select pg_class.relname as relation_name
from pg_class
inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
where pg_namespace.nspname = :schema and pg_class.relkind in ('r', 'v')
order by pg_class.relname asc;
