"""The catalog of an emulated Redshift database: its system views and functions.

They are in `pg_catalog`, which every search path begins with.
"""

from sparkify.rehearsal.redshift.backend import Backend, identifier
from sparkify.rehearsal.redshift.catalog_functions import FUNCTIONS
from sparkify.rehearsal.redshift.catalog_views import VIEWS
from sparkify.rehearsal.redshift.table_design import MARK

SLICES_PER_NODE = 2  # of an ra3.large

DESIGNS = """
create table pg_catalog.redshift_table_designs (
    table_id oid primary key, style text, key text, sort_key text[]
);

create function pg_catalog.redshift_record_design()
returns event_trigger language plpgsql security definer
set standard_conforming_strings = on as $$
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

create event trigger redshift_record_design on ddl_command_end
execute function pg_catalog.redshift_record_design();

-- The number of rows on each slice: by the key's value, or round robin without a key.
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

DATABASE = """
alter database {name} set timezone to 'UTC';
alter database {name} set default_transaction_isolation to 'repeatable read';
"""


def create_database(backend: Backend, name: str) -> None:
    """Create a database that sorts texts by their bytes, as Redshift does.

    Args:
        backend: A superuser's connection to any database.
        name: The new database's name.
    """
    quoted = identifier(name)
    backend.execute(
        f"create database {quoted} template template0 encoding 'UTF8' "
        "locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
    )
    backend.execute(DATABASE.format(name=quoted))


def create_catalog(backend: Backend, slices: int) -> None:
    """Create what Redshift's catalog has and PostgreSQL's lacks.

    Args:
        backend: A superuser's connection to the database.
        slices: The number of the cluster's slices.
    """
    views = VIEWS.format(slices=int(slices), per_node=SLICES_PER_NODE)
    designs = DESIGNS.replace("{mark}", MARK)
    backend.execute("set allow_system_table_mods = on")
    for part in (FUNCTIONS, designs, views):
        backend.execute(part)
    backend.execute("reset allow_system_table_mods")
