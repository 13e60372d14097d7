"""What a database must hold to pass for Redshift: system views and functions.

They stand in `pg_catalog`, which every search path begins with.
"""

from sparkify.rehearsal.redshift.backend import Backend, identifier
from sparkify.rehearsal.redshift.table_design import MARK

SLICES_PER_NODE = 2  # as an ra3.large has them

FUNCTIONS = """
create function pg_catalog.datediff(
    unit text, start_time timestamp, end_time timestamp
)
returns bigint language sql immutable parallel safe as $$
    select case
        when unit like 'year%' then
            extract(year from end_time) - extract(year from start_time)
        when unit like 'quarter%' then
            extract(year from end_time) * 4 + extract(quarter from end_time)
            - extract(year from start_time) * 4 - extract(quarter from start_time)
        when unit like 'month%' then
            extract(year from end_time) * 12 + extract(month from end_time)
            - extract(year from start_time) * 12 - extract(month from start_time)
        else
            extract(epoch from date_trunc(unit, end_time))
            - extract(epoch from date_trunc(unit, start_time))
    end::numeric / case
        when unit like 'week%' then 604800
        when unit like 'day%' then 86400
        when unit like 'hour%' then 3600
        when unit like 'minute%' then 60
        when unit like 'millisecond%' then 0.001
        when unit like 'microsecond%' then 0.000001
        else 1
    end::numeric
$$;

create function pg_catalog.dateadd(unit text, amount double precision, moment timestamp)
returns timestamp language sql immutable parallel safe as $$
    select moment + trunc(amount) * cast(
        case when unit like 'quarter%' then '3 months' else '1 ' || unit end as interval
    )
$$;

create function pg_catalog.strtol(digits text, base integer)
returns bigint language plpgsql immutable parallel safe as $$
declare
    total bigint := 0;
    digit text;
begin
    foreach digit in array string_to_array(lower(digits), null) loop
        total := total * base
            + strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1;
    end loop;
    return total;
end
$$;

create function pg_catalog.pg_last_copy_count()
returns bigint language sql stable as $$
    select coalesce(nullif(current_setting('redshift.copy_count', true), ''), '0')
        ::bigint
$$;

create function pg_catalog.pg_last_copy_id()
returns bigint language sql stable as $$
    select coalesce(nullif(current_setting('redshift.copy_id', true), ''), '-1')::bigint
$$;
"""

DESIGNS = """
create table pg_catalog.redshift_table_designs (
    table_id oid primary key, style text, key text, sort_key text[]
);

create function pg_catalog.redshift_note_design()
returns event_trigger language plpgsql security definer as $$
declare
    created record;
    design json;
begin
    for created in
        select objid, relname
        from pg_event_trigger_ddl_commands()
        join pg_class on pg_class.oid = objid
        where command_tag in ('CREATE TABLE', 'CREATE TABLE AS') and relkind = 'r'
    loop
        for design in
            select (regexp_matches(current_query(), '/\\*{mark}(.*?)\\*/', 'g'))[1]
        loop
            if design ->> 'table' = created.relname then
                insert into pg_catalog.redshift_table_designs
                values (
                    created.objid,
                    design ->> 'style',
                    design ->> 'key',
                    array(select json_array_elements_text(design -> 'sort_key'))
                )
                on conflict do nothing;
            end if;
        end loop;
    end loop;
end
$$;

create event trigger redshift_note_design on ddl_command_end
execute function pg_catalog.redshift_note_design();

-- The rows on each slice: by the key's value, else dealt out in turn.
create function pg_catalog.redshift_slice_rows(
    relation oid, style text, key text, slices integer
)
returns bigint[] language plpgsql stable security definer as $$
declare
    found bigint[];
begin
    if key is not null then
        execute format(
            'select array(select count(%2$I) from generate_series(0, %3$s - 1) slice'
            ' left join (select coalesce(%2$I::text, '''') %2$I from %1$s) rows'
            ' on mod(abs(hashtext(%2$I)::bigint), %3$s) = slice group by slice)',
            relation::regclass, key, slices
        ) into found;
    elsif style like '%ALL%' then
        execute format('select array[count(*)] from %s', relation::regclass) into found;
    else
        execute format(
            'select array(select (count(*) + %2$s - 1 - slice) / %2$s'
            ' from %1$s, generate_series(0, %2$s - 1) slice group by slice)',
            relation::regclass, slices
        ) into found;
    end if;
    return found;
end
$$;
"""

VIEWS = """
create view pg_catalog.stv_slices as
select slice / {per_node} as node, slice, slice % {per_node} as localslice, 'D' as type
from generate_series(0, {slices} - 1) as slice;

-- As AWS documents it, a table without rows is left out. Where a slice holds none,
-- the skew is the largest slice's rows.
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

grant select on pg_catalog.sys_load_error_detail, pg_catalog.stl_load_errors to public;
grant select on pg_catalog.stv_slices to public;
revoke all on pg_catalog.redshift_load_errors from public;
grant create on schema public to public;
"""

DATABASE = """
alter database {name} set timezone to 'UTC';
alter database {name} set default_transaction_isolation to 'repeatable read';
"""


def create_database(backend: Backend, name: str) -> bool:
    """Creates a database that sorts texts by their bytes, as Redshift does.

    Args:
        backend: A superuser's connection to any database.
        name: The new database's.

    Returns:
        Whether it was not there yet.
    """
    quoted = identifier(name)
    databases = backend.execute("select datname from pg_database")
    if (name,) in databases:
        return False
    backend.execute(
        f"create database {quoted} template template0 encoding 'UTF8' "
        "locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
    )
    for setting in DATABASE.strip().splitlines():
        backend.execute(setting.format(name=quoted))
    return True


def create_catalog(backend: Backend, slices: int) -> None:
    """Creates what Redshift's catalog has and PostgreSQL's has not.

    Args:
        backend: A superuser's connection to the database.
        slices: How many slices the cluster has.
    """
    views = VIEWS.format(slices=int(slices), per_node=SLICES_PER_NODE)
    designs = DESIGNS.replace("{mark}", MARK)
    backend.execute("set allow_system_table_mods = on")
    for part in (FUNCTIONS, designs, views):
        backend.execute(part)
    backend.execute("reset allow_system_table_mods")
