"""The capacity of Redshift Serverless in RPU, and what it costs.

The price is the list price in US dollars an RPU-hour. A query is billed by the second,
and for a minute at least; while none runs, only what is stored is billed.
"""

from __future__ import annotations

from sparkify.aws.prices import PRICED_REGIONS
from sparkify.errors import ParameterError

DOLLARS_AN_RPU_HOUR = 0.375
LEAST_RPU = 4
STEP_RPU = 8


def check_capacity(rpu: int) -> None:
    """Refuse a base capacity that Redshift Serverless does not have.

    Raises:
        ParameterError: It does not have it; the message says what it has.
    """
    if rpu != LEAST_RPU and rpu % STEP_RPU:
        below = rpu // STEP_RPU * STEP_RPU or LEAST_RPU
        raise ParameterError(
            f"base_rpu {rpu} cannot be had: it is {LEAST_RPU} or a multiple of "
            f"{STEP_RPU}; choose {below} or {(rpu // STEP_RPU + 1) * STEP_RPU}"
        )


def rpu_dollars(rpu_hours: int, region: str) -> float | None:
    """Return the dollars of some RPU-hours; None if unknown.

    For a capacity in RPU, these are the dollars an hour while queries run.
    """
    if region not in PRICED_REGIONS:
        return None
    return round(DOLLARS_AN_RPU_HOUR * rpu_hours, 3)
