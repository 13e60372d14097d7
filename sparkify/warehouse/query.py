"""Asks the current warehouse whatever a person types."""

import pyarrow as pa

from sparkify.errors import SqlError
from sparkify.warehouse import Session, sql


def run_query(session: Session, text: str) -> pa.Table:
    """Gives the rows of one query.

    Args:
        session: An open warehouse; what `Warehouse.reading` gives cannot be changed.
        text: A query in Redshift's SQL, whatever the engine is.

    Raises:
        SqlError: The text is no SQL, no query or more than one.
        WarehouseError: The engine refused the query.
    """
    statements = sql.render(text, session.dialect)
    if len(statements) != 1 or not statements[0].is_query:
        raise SqlError(f"only a single select can be asked, not {text!r}")
    if statements[0].names:
        unbound = ", ".join(sorted(statements[0].names))
        raise SqlError(f"write a value where :{unbound} stands; none can be bound here")
    return session.query(statements[0].text, {})
