"""Prices a run for each combination of a cloud's engine and warehouse.

The prices are those of the plan. How long a run takes on AWS was not measured, so the
minutes are assumptions, which the table shows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from sparkify.aws.emr_workers import RUN_MINUTES, Workers
from sparkify.aws.prices import (
    HOURS_A_DAY,
    emr_dollars,
    paused_dollars,
    redshift_dollars,
)
from sparkify.aws.rpu import rpu_dollars
from sparkify.aws.settings import Settings
from sparkify.documentation.markdown import fill, write_table
from sparkify.params import PARAMETERS

START, END = "<!-- prices -->", "<!-- /prices -->"
HEADER = (
    *("engine", "warehouse", "dollars an hour", "minutes billed"),
    *("dollars a run", "dollars an idle day", "dollars a paused day"),
)
LOCAL = {"duckdb", "spark"}
STORED_GB = 1
UNKNOWN = "unknown"

Dollars = Callable[[Settings], float | None]


@dataclass(frozen=True)
class Part:
    """An engine or a warehouse that is billed.

    Attributes:
        working: US dollars an hour while it works; None if unknown.
        minutes: How long it is billed for the first run, as assumed.
        idle: US dollars an hour while no run works.
        paused: US dollars an hour while it is paused.
    """

    working: Dollars
    minutes: int
    idle: Dollars
    paused: Dollars


def _nothing(_: Settings) -> float:
    return 0.0


def _emr(settings: Settings) -> float | None:
    return emr_dollars(
        settings.emr_instance_type, settings.emr_instances, settings.region
    )


def _workers(settings: Settings) -> float | None:
    return Workers.of(settings).dollars


def _redshift(settings: Settings) -> float | None:
    return redshift_dollars(settings.node_type, settings.nodes, settings.region)


def _serverless(settings: Settings) -> float | None:
    return rpu_dollars(settings.base_rpu, settings.region)


def _paused(settings: Settings) -> float | None:
    return paused_dollars(STORED_GB, settings.region)


# A new part is priced by one line here. EMR bills from the start of its machines, which
# install the wheels first, and EMR Serverless while its workers run; Redshift from its
# creation to the end of the run, Redshift Serverless while queries run.
PARTS = {
    "emr": Part(_emr, 15, _nothing, _nothing),
    "emr_serverless": Part(_workers, RUN_MINUTES, _nothing, _nothing),
    "redshift": Part(_redshift, 35, _redshift, _paused),
    "redshift_serverless": Part(_serverless, 5, _paused, _paused),
}


def fill_prices(page: str) -> str:
    """Return the page of the first day with the table of prices.

    Args:
        page: The page's text; what it has between the markers is replaced.

    Raises:
        SparkifyError: A marker is missing, is there twice, or they are in wrong order.
    """
    return fill("first-day-on-aws.md", page, START, END, write_prices())


def write_prices() -> str:
    """Return the table: a row for each combination, with the default machines."""
    settings = Settings.of()
    return write_table(HEADER, (_row(settings, *pair) for pair in combinations()))


def combinations() -> Iterator[tuple[str, str]]:
    """Yield each engine of the cloud with each of its warehouses."""
    engines, warehouses = (
        [name for name in PARAMETERS[parameter].choices if name not in LOCAL]
        for parameter in ("engine", "warehouse")
    )
    yield from product(engines, warehouses)


def _row(settings: Settings, engine: str, warehouse: str) -> tuple[str, ...]:
    names = f"`{engine}`", f"`{warehouse}`"
    if not {engine, warehouse} <= PARTS.keys():
        return (*names, *[UNKNOWN] * (len(HEADER) - len(names)))
    parts = [PARTS[engine], PARTS[warehouse]]
    working = [part.working(settings) for part in parts]
    hours = [part.minutes / 60 for part in parts]
    return (
        *names,
        _sum(working, [1.0, 1.0], 3),
        " + ".join(str(part.minutes) for part in parts),
        _sum(working, hours, 2),
        _sum([part.idle(settings) for part in parts], [HOURS_A_DAY] * 2, 2),
        _sum([part.paused(settings) for part in parts], [HOURS_A_DAY] * 2, 2),
    )


def _sum(dollars: list[float | None], hours: list[float], digits: int) -> str:
    known = [price for price in dollars if price is not None]
    if len(known) < len(dollars):
        return UNKNOWN
    pairs = zip(known, hours, strict=True)
    return f"{sum(price * time for price, time in pairs):.{digits}f}"
