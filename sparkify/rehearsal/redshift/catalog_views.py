"""The system views of Redshift, over what PostgreSQL and the emulator know."""

# `slices` and `per_node` are integers.
VIEWS = """
create view pg_catalog.stv_slices as
select slice / {per_node} as node, slice, slice % {per_node} as localslice, 'D' as type
from generate_series(0, {slices} - 1) as slice;

-- A table without rows is left out, as AWS documents it. Where a slice has no rows,
-- the skew is the number of rows of the largest slice.
create view pg_catalog.svv_table_info as
with
tables as (
    select
        pg_class.oid,
        pg_class.relname,
        pg_namespace.nspname,
        coalesce(designs.style, 'AUTO(ALL)') as style,
        designs.key,
        designs.sort_key
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    left join pg_catalog.redshift_table_designs as designs
        on designs.table_id = pg_class.oid
    where
        pg_class.relkind = 'r'
        and pg_namespace.nspname not in ('pg_catalog', 'information_schema')
        and not pg_is_other_temp_schema(pg_namespace.oid)
),
counted as (
    select
        *,
        array(
            select unnest(
                pg_catalog.redshift_slice_rows(oid, style, key, {slices})
            )
        ) as slices
    from tables
)
select
    current_database()::text as database,
    nspname::text as schema,
    oid as table_id,
    relname::text as "table",
    'N'::text as encoded,
    style as diststyle,
    sort_key[1] as sortkey1,
    (
        select max(atttypmod - 4) from pg_attribute
        where attrelid = counted.oid and atttypid = 'varchar'::regtype
    ) as max_varchar,
    case
        when sort_key[1] like 'AUTO(%' then 0 else coalesce(cardinality(sort_key), 0)
    end as sortkey_num,
    ceil(pg_total_relation_size(oid::regclass) / 1048576.0)::bigint as size,
    (select sum(rows) from unnest(slices) as rows)::numeric(38, 0) as tbl_rows,
    (select sum(rows) from unnest(slices) as rows)::numeric(38, 0)
        as estimated_visible_rows,
    case when style not like '%ALL%' then (
        select max(rows)::numeric / greatest(min(rows), 1) from unnest(slices) as rows
    )::numeric(19, 2) end as skew_rows
from counted
where (select sum(rows) from unnest(slices) as rows) > 0;

create table pg_catalog.redshift_load_errors (
    user_id integer, query_id bigint, transaction_id bigint, session_id integer,
    database_name text, table_id integer, start_time timestamp, file_name text,
    line_number bigint, column_name text, column_type text, column_length text,
    raw_field_value text, error_code integer, error_message text
);

create sequence pg_catalog.redshift_query_ids;

-- Texts of a fixed length: Redshift pads them with blanks.
create view pg_catalog.sys_load_error_detail as
select
    user_id, query_id, transaction_id, session_id,
    left(database_name, 64)::character(64) as database_name,
    table_id, start_time,
    left(file_name, 256)::character(256) as file_name,
    line_number,
    left(column_name, 127)::character(127) as column_name,
    left(column_type, 10)::character(10) as column_type,
    left(column_length, 10)::character(10) as column_length,
    0 as position,
    error_code,
    left(error_message, 512)::character(512) as error_message
from pg_catalog.redshift_load_errors
where current_setting('is_superuser')::boolean or user_id = (
    select oid::bigint from pg_roles where rolname = current_user
);

create view pg_catalog.stl_load_errors as
select
    user_id as userid, 0 as slice, table_id as tbl, start_time as starttime,
    session_id as session, query_id as query,
    left(file_name, 256)::character(256) as filename,
    line_number,
    left(column_name, 127)::character(127) as colname,
    left(column_type, 10)::character(10) as type,
    left(column_length, 10)::character(10) as col_length,
    0 as position,
    left(raw_field_value, 1024)::character(1024) as raw_line,
    left(raw_field_value, 1024)::character(1024) as raw_field_value,
    error_code as err_code,
    left(error_message, 100)::character(100) as err_reason
from pg_catalog.redshift_load_errors
where current_setting('is_superuser')::boolean or user_id = (
    select oid::bigint from pg_roles where rolname = current_user
);

-- Only a COPY has a number here; this is the session's last. Spark's connector finds by
-- it why its COPY failed.
create function pg_catalog.pg_last_query_id()
returns bigint language sql stable security definer as $$
    select greatest(pg_catalog.pg_last_copy_id(), max(query_id))
    from pg_catalog.redshift_load_errors
    where session_id = pg_backend_pid()
$$;

grant select on pg_catalog.sys_load_error_detail, pg_catalog.stl_load_errors to public;
grant select on pg_catalog.stv_slices to public;

-- There are none; the JDBC driver reads this view before it lists tables.
create view pg_catalog.svv_external_schemas as
select
    0 as esoid, 0::smallint as eskind, ''::text as schemaname, 0 as esowner,
    ''::text as databasename, ''::text as esoptions
where false;

grant select on pg_catalog.svv_external_schemas to public;
revoke all on pg_catalog.redshift_load_errors from public;
grant create on schema public to public;
"""
