"""Parts the places that may be shown from those that are only counted."""

import re
from collections.abc import Iterable

import pandas as pd

# The first state at the end of a metropolitan area's name, as the report `states` reads
# it.
FIRST_STATE = re.compile(r".*, (..)(?:-..){0,3}", re.DOTALL)

REASONS = {
    "few": "where fewer than {least} listeners live",
    "unknown": "from an unknown place",
}


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the places that may be shown.

    Args:
        rows: The rows of the report `places` or `states`.

    Returns:
        The same columns, without the rows that have a reason to be hidden.
    """
    return rows[rows["hidden_because"].isna()].reset_index(drop=True)


def hidden(rows: pd.DataFrame, least_listeners: int) -> str:
    """Return in words how many plays are not shown, and why; empty if all are.

    Args:
        rows: The rows of the report `places` or `states`.
        least_listeners: The listeners that a place needs to be shown.
    """
    counts = rows.dropna(subset="hidden_because").set_index("hidden_because")["plays"]
    parts = [
        f"{counts[reason]:,} plays {words.format(least=least_listeners)}"
        for reason, words in REASONS.items()
        if reason in counts
    ]
    return f"Not shown: {' and '.join(parts)}." if parts else ""


def state_label(state: str) -> str:
    """Return the name of a state among metropolitan areas, from its two letters."""
    return f"All of {state}"


def metros_of(state: str, metros: Iterable[str]) -> tuple[str, ...]:
    """Return the metropolitan areas of a state: those of which it is the first.

    Args:
        state: The state's two letters.
        metros: The metropolitan areas as in the logs.
    """
    found = ((metro, FIRST_STATE.fullmatch(metro)) for metro in metros)
    return tuple(metro for metro, match in found if match and match[1] == state)
