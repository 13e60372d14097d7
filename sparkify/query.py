"""Asks the current warehouse whatever a person types."""

import pyarrow as pa

from sparkify import sql
from sparkify.errors import SqlError
from sparkify.warehouse import Session


def ask(session: Session, text: str) -> pa.Table:
    """Gives the rows of one query.

    Args:
        session: An open warehouse; what `Warehouse.reading` gives cannot be changed.
        text: A query in Redshift's SQL, whatever the engine is.

    Raises:
        SqlError: The text is no SQL, or more than one statement.
        WarehouseError: The engine refused the query.
    """
    statements = sql.render(text, session.dialect)
    if len(statements) != 1:
        raise SqlError(f"give one query, not {len(statements)}: {text!r}")
    return session.query(statements[0].text, {})
