"""Our schema in a Redshift database that may belong to others.

Every table, view and grant of ours is in one schema, the only one on the search path of
our connections. A schema or a user of our names that we did not make is refused.
"""

from sqlglot import exp

from sparkify.errors import WarehouseError
from sparkify.warehouse.session import Session
from sparkify.warehouse.sql import SOURCE_DIALECT
from sparkify.warehouse.tables import STAGED_OBJECTS, TABLES

OURS = {STAGED_OBJECTS, "etl_runs"}  # no other schema has tables of both names
READERS = "sparkify_readers"  # a group without rights; it marks a user as ours
SHOWN = 5


def prepare_schema(session: Session, schema: str) -> None:
    """Create the schema if it is missing.

    Args:
        session: The owner's session, within a transaction.
        schema: The schema's name.

    Raises:
        WarehouseError: The schema holds tables, and they are not ours.
    """
    if not has_schema(session, schema):
        session.execute(f"create schema {_quoted(schema)}", {})
        return
    found = session.query_file("redshift/relations", schema=schema).to_pylist()
    names = [row["relation_name"] for row in found]
    if names and not set(names) >= OURS:
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        raise WarehouseError(
            f"schema '{schema}' holds what Sparkify did not make: "
            f"{', '.join(names[:SHOWN])}{more}; choose another name for schema"
        )


def prepare_reader(session: Session, user: str, *, is_of_iam: bool = False) -> None:
    """Create the read-only user if it is missing.

    Args:
        session: The owner's session, within a transaction.
        user: The user's name.
        is_of_iam: Whether Redshift Serverless makes the user for one of our roles, at
            the role's first login; then a user of that name is ours in any case.

    Raises:
        WarehouseError: There is a user of that name that we did not make.
    """
    found = session.query_file("redshift/reader", user_name=user).to_pylist()
    is_marked = bool(found) and found[0]["group_name"] is not None
    if found and not is_marked and not is_of_iam:
        raise WarehouseError(
            f"user '{user}' exists and Sparkify did not make it, so it gets "
            "no rights; rename it, or let it read the star by 'create group "
            f"{READERS}' and 'alter group {READERS} add user {user}'"
        )
    if is_marked:
        return
    if session.query_file("redshift/readers").num_rows == 0:
        session.execute(f"create group {READERS}", {})
    if not found:  # people log in as the user by temporary credentials
        session.execute(f"create user {_quoted(user)} password disable", {})
    session.execute(f"alter group {READERS} add user {_quoted(user)}", {})


def enter_schema(session: Session, schema: str) -> None:
    """Make the schema the only one in which a connection finds tables.

    Temporary tables are found too, before those of the schema.

    Raises:
        WarehouseError: There is no such schema.
    """
    if not has_schema(session, schema):
        raise WarehouseError(
            f"there is no schema '{schema}' in the database, so there is no finished "
            "warehouse yet; build one with sparkify run and the parameters of the run"
        )
    session.execute(f"set search_path to {_quoted(schema)}", {})


def publish_schema(session: Session, schema: str, reader: str) -> None:
    """Update the planner's statistics of our tables, and let the reader see them."""
    for table in TABLES:
        session.execute(f"analyze {table}", {})
    name, user = _quoted(schema), _quoted(reader)
    session.execute(f"grant usage on schema {name} to {user}", {})
    session.execute(f"grant select on all tables in schema {name} to {user}", {})


def has_schema(session: Session, schema: str) -> bool:
    """Return whether the database has a schema."""
    return bool(session.query_file("redshift/schema", schema=schema).num_rows)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(SOURCE_DIALECT)
