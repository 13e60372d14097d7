"""What others have in a database that we share, and whether it is as it was."""

from sparkify.rehearsal.redshift import RedshiftServer

# Names of our tables, of our temporary tables, of our views and of our user's kind.
MOVE_IN = """
create role analyst login;
create schema marketing;
create table public.songs (title text, price numeric(8, 2));
create table public.users (id int primary key, mail text);
create table public.plays (id int);
create table public.tracks (id int);
create table public.new_objects (id int);
create table public.etl_runs (run_id text, step text);
create table public.staged_objects (batch text);
create view public.song_names as select title from public.songs;
create table marketing.artists (name text);
insert into public.songs values ('Undo', 0.99), ('Undo', 1.29);
insert into public.users values (1, 'a@example.org');
insert into public.plays select generate_series(1, 100);
insert into public.etl_runs values ('9999', 'transform');
insert into public.staged_objects values ('stranger');
insert into marketing.artists values ('Björk');
-- PostgreSQL's own upkeep would change the statistics of a table.
alter table public.songs set (autovacuum_enabled = false);
alter table public.users set (autovacuum_enabled = false);
alter table public.plays set (autovacuum_enabled = false);
alter table public.tracks set (autovacuum_enabled = false);
alter table public.new_objects set (autovacuum_enabled = false);
alter table public.etl_runs set (autovacuum_enabled = false);
alter table public.staged_objects set (autovacuum_enabled = false);
alter table marketing.artists set (autovacuum_enabled = false);
grant usage on schema marketing to analyst;
grant select on public.songs to analyst;
"""
TABLES = """
select c.oid, c.relfilenode, c.relowner, c.relacl, c.relpages, c.reltuples,
    n.nspname, n.nspacl, c.relname, c.relkind
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('public', 'marketing') order by c.oid
"""
OTHERS = (
    "select nspname, nspowner, nspacl from pg_namespace "
    "where nspname in ('public', 'marketing') order by nspname",
    "select oid, rolname, rolsuper, rolcanlogin, rolconfig from pg_roles "
    "where rolname = 'analyst'",
    "select count(*) from pg_auth_members where member = 'analyst'::regrole",
    "select schemaname, tablename, attname from pg_stats "
    "where schemaname in ('public', 'marketing') order by 1, 2, 3",
)


def move_in(server: RedshiftServer) -> list[object]:
    """Put a stranger's tables and user into the database; return its belongings."""
    server.execute(MOVE_IN)
    return belongings(server)


def belongings(server: RedshiftServer) -> list[object]:
    """Return all that the stranger has, with the place and writer of each row."""
    tables = server.execute(TABLES)
    found: list[object] = [tables, *map(server.execute, OTHERS)]
    for *_, schema, _, name, kind in tables:
        if kind == "r":
            rows = f"select ctid, xmin, xmax, t.* from {schema}.{name} as t order by 1"
            found.append((schema, name, server.execute(rows)))
    return found
