"""Reads the states out of the places that the logs name.

A place is a metropolitan area as the Census Bureau titles it: up to three cities, the
largest first, then the states that it reaches into, that of the first city first.
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
    """Gives the states that a place is in, by their postal codes, the principal first.

    Args:
        location: Such as `New York-Newark-Jersey City, NY-NJ-PA`.

    Returns:
        Such as `("NY", "NJ", "PA")`; nothing where the text names no state.
    """
    title = TITLE.fullmatch(location)
    codes = tuple(title["states"].split("-")) if title else ()
    return codes if STATES.issuperset(codes) else ()


def by_state(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums the plays of the places of each state.

    Args:
        rows: The answer of the report `places`.

    Returns:
        `state` (the principal one of a place) and `plays`, the most played first; the
        last row, without a state, has the plays of the folded and the unknown places.
        Listeners are left out: one may live in several places, so that they do not add
        up.
    """
    principal = rows["location"].map(
        lambda location: next(iter(states(location)), None)
    )
    sums = rows["plays"].groupby(principal.rename("state"), dropna=False).sum()
    table = sums.reset_index().sort_values(["plays", "state"], ascending=[False, True])
    is_known = table["state"].notna()
    return pd.concat([table[is_known], table[~is_known]], ignore_index=True)
