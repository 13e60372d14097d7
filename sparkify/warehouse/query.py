"""Runs a query that a person types."""

import pyarrow as pa

from sparkify.errors import SqlError
from sparkify.warehouse import Session, sql


def run_query(session: Session, text: str) -> pa.Table:
    """Return the rows of one query.

    Args:
        session: A session of `Warehouse.reading`, which is read-only.
        text: A query in Redshift SQL, for either engine.

    Raises:
        SqlError: The text is not valid SQL, or not a single query.
        WarehouseError: The engine rejected the query.
    """
    statements = sql.render(text, session.dialect)
    if len(statements) != 1 or not statements[0].is_query:
        raise SqlError(f"{text!r} is not a query; write a single select")
    if statements[0].names:
        unbound = ", ".join(sorted(statements[0].names))
        raise SqlError(f":{unbound} has no value here; write the value into the query")
    return session.query(statements[0].text, {})
