"""Reads the states from the places in the logs.

A place is a metropolitan area, with its title from the Census Bureau: up to three
cities, the largest first, then its states, the state of the first city first.
"""

import re

import pandas as pd

POSTAL_CODES = """
    AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS
    MT NC ND NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA VT WA WI WV WY
"""
STATES = frozenset(POSTAL_CODES.split())
TITLE = re.compile(r".+, (?P<states>[A-Z]{2}(-[A-Z]{2})*)")


def states(location: str) -> tuple[str, ...]:
    """Return the postal codes of a place's states, the principal state first.

    Args:
        location: A title such as `New York-Newark-Jersey City, NY-NJ-PA`.

    Returns:
        Codes such as `("NY", "NJ", "PA")`; empty if the text names no state.
    """
    title = TITLE.fullmatch(location)
    codes = tuple(title["states"].split("-")) if title else ()
    return codes if STATES.issuperset(codes) else ()


def by_state(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum the plays of each state.

    Args:
        rows: The rows of the report `places`.

    Returns:
        `state` (the principal state of a place) and `plays`, the most played first. The
        last row, without a state, has the plays of the folded and the unknown places.
        There is no sum of listeners: a listener of two places would count twice.
    """
    principal = rows["location"].map(
        lambda location: next(iter(states(location)), None)
    )
    sums = rows["plays"].groupby(principal.rename("state"), dropna=False).sum()
    table = sums.reset_index().sort_values(["plays", "state"], ascending=[False, True])
    is_known = table["state"].notna()
    return pd.concat([table[is_known], table[~is_known]], ignore_index=True)
