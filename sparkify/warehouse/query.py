"""Runs a query that a person types."""

import pyarrow as pa

from sparkify.errors import SqlError
from sparkify.warehouse import Session

SHOW_TABLES = """
select
    table_name,
    case table_type when 'VIEW' then 'view' else 'table' end as table_type
from information_schema.tables
where table_schema = current_schema()
order by table_name
"""


def run_query(session: Session, text: str) -> pa.Table:
    """Return the rows of one query.

    Args:
        session: A session of `Warehouse.reading`, which is read-only.
        text: A query in Redshift SQL, for either engine, or `show tables`.

    Raises:
        SqlError: The text is not valid SQL, or not a single query, or it has a
            function that the engine does not support.
        WarehouseError: The engine rejected the query.
    """
    if text.lower().replace(";", " ").split() == ["show", "tables"]:
        return session.query_exactly(SHOW_TABLES)
    statements = session.render_query(text)
    if len(statements) != 1 or not statements[0].is_query:
        raise SqlError(
            f"{text!r} is not a query; write a single select, or show tables"
        )
    if statements[0].names:
        unbound = ", ".join(sorted(statements[0].names))
        raise SqlError(f":{unbound} has no value here; write the value into the query")
    return session.query_exactly(statements[0].text)
