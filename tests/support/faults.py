"""What can be wrong with a star: for each check a fault that it must find."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sparkify.warehouse.tables import STAR
from tests.support.ddl import foreign_keys, primary_key, text_limits

Row = dict[str, Any]

LONG_AGO = datetime(2001, 2, 3)
TIMESTAMP = f"timestamp '{LONG_AGO}'"


@dataclass(frozen=True)
class Fault:
    """Something wrong with the star.

    Attributes:
        check: The check that must notice.
        plant: Statements that put it into a sound star.
        found: The rows that the check must find, and no others.
    """

    check: str
    plant: tuple[str, ...]
    found: tuple[Row, ...]


def copy(table: str, changes: str, times: int = 1) -> str:
    """Return the statement that adds rows of a table again, some values changed."""
    return (
        f"insert into {table} select {table}.* replace ({changes}) "
        f"from {table}, range({times}) limit {times}"
    )


def key_faults(table: str, key: str, value: str, planted: object) -> list[Fault]:
    """Return a key that occurs twice, and one that is missing."""
    return [
        Fault(
            f"{table}_key",
            (copy(table, f"{value} as {key}", times=2),),
            ({key: planted, "row_count": 2},),
        ),
        Fault(
            f"{table}_key",
            (
                f"alter table {table} alter {key} drop not null",
                copy(table, f"null as {key}"),
            ),
            ({key: None, "row_count": 1},),
        ),
    ]


def reference_fault(table: str, column: str) -> Fault:
    """Return a row that names what no other table holds."""
    key = primary_key(table)
    is_timestamp = column == "start_time"
    value = TIMESTAMP if is_timestamp else "'nowhere'"
    return Fault(
        f"{table}_{column}",
        (copy(table, f"'planted' as {key}, {value} as {column}"),),
        ({key: "planted", column: LONG_AGO if is_timestamp else "nowhere"},),
    )


def text_fault(table: str, key: str, column: str, limit: int) -> Fault:
    """Return a text with as few characters as fit, but a byte too many."""
    text = "é" * (limit // 2) + "x"
    changes = {key: "planted", column: text}
    changed = ", ".join(f"'{value}' as {name}" for name, value in changes.items())
    return Fault(
        f"{table}_text_length",
        (copy(table, changed),),
        ({key: text if column == key else "planted"},),
    )


KEYS = {table: primary_key(table) for table in STAR if table != "time"}
EDGES = (  # the last timestamp that is wrong, and the first that is right
    (datetime(1999, 12, 31, 23, 59, 59, 999999), datetime(2000, 1, 1)),
    (datetime(2100, 1, 1), datetime(2099, 12, 31, 23, 59, 59, 999999)),
)

FAULTS = [
    *(
        fault
        for table, key in KEYS.items()
        for fault in key_faults(table, key, "'a'", "a")
    ),
    *key_faults("time", "start_time", TIMESTAMP, LONG_AGO),
    *(reference_fault(table, column) for table, column, _, _ in foreign_keys()),
    *(
        text_fault(table, key, column, limit)
        for table, key in KEYS.items()
        for column, limit in text_limits(table).items()
    ),
    *(
        Fault(
            "songplays_level",
            (copy("songplays", f"'planted' as songplay_id, {value} as level"),),
            ({"songplay_id": "planted", "level": level},),
        )
        for value, level in (("'Paid'", "Paid"), ("''", ""), ("null", None))
    ),
    *(
        Fault(
            "time_range",
            tuple(copy("time", f"timestamp '{at}' as start_time") for at in edge),
            ({"start_time": edge[0]},),
        )
        for edge in EDGES
    ),
    Fault(
        "etl_runs_add_up",
        (
            "insert into etl_runs values "
            "('sound', 'flatten', timestamp '2018-11-01', 1.0, 10, 7, 2, 1), "
            "('planted', 'flatten', timestamp '2018-11-01', 1.0, 10, 7, 2, 2)",
        ),
        (
            {
                "run_id": "planted",
                "step": "flatten",
                "rows_in": 10,
                "rows_staged": 7,
                "rows_duplicate": 2,
                "rows_quarantined": 2,
            },
        ),
    ),
    Fault(
        "session_days_plays",
        (copy("session_days", "date '2001-02-03' as play_date, 7 as plays"),),
        ({"play_date": date(2001, 2, 3), "plays": 0, "session_plays": 7},),
    ),
    Fault(
        "artists_with_several_names",
        (
            "delete from staging_songs",
            *(
                "insert into staging_songs (artist_id, artist_name, song_id, title) "
                f"values ('{artist_id}', '{name}', '{song_id}', 'title')"
                for artist_id, name, song_id in (
                    ("planted", "Queen", "SO1"),
                    ("planted", "Queen / Bowie", "SO2"),
                    ("sound", "Queen", "SO3"),
                    ("sound", "Queen", "SO4"),
                )
            ),
        ),
        ({"artist_id": "planted", "name_count": 2},),
    ),
    Fault(
        "days_without_a_play",
        (
            "delete from time",
            *(
                f"insert into time values (timestamp '{time}', 0, 1, 1, 1, 2018, 1)"
                for time in ("2018-11-01", "2018-11-02 23:59", "2018-11-04 00:01")
            ),
        ),
        ({"play_date": date(2018, 11, 4), "previous_date": date(2018, 11, 2)},),
    ),
]
