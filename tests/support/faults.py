"""What can be wrong with a star: for each check a fault that it must find."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sparkify.warehouse.tables import STAR
from tests.support.ddl import foreign_keys, primary_key, text_limits

Row = dict[str, Any]

LONG_AGO = datetime(2001, 2, 3)
LONG_AGO_MS = 981_158_400_000
TIMESTAMP = f"timestamp '{LONG_AGO}'"
LATER = f"timestamp '{LONG_AGO}.001'"


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


def staged_play(user: str) -> str:
    """Return the statement that stages a play."""
    return (
        "insert into staging_events (user_id, session_id, item_in_session, page, ts, "
        f"level, object, record) values ('{user}', 7, 1, 'NextSong', {LONG_AGO_MS}, "
        "'free', 'planted.json', 1)"
    )


def star_play(
    user: str, item: int = 0, *, start_time: str = TIMESTAMP, level: str = "free"
) -> str:
    """Return the statement that adds a play to the star."""
    return (
        "insert into songplays (songplay_id, start_time, user_id, level, song_id, "
        f"artist_id, session_id) values ('{user}-7-{item}', {start_time}, '{user}', "
        f"'{level}', 'SO', 'AR', 7)"
    )


PLANTED_ARTIST = (
    "update staging_songs set artist_id = 'planted' "
    "where song_id = (select max(song_id) from staging_songs)"
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
            "insert into etl_runs (run_id, step, started_at, seconds, rows_in, "
            "rows_staged, rows_duplicate, rows_quarantined) values "
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
        "songplays_artist_of_song",
        (
            "insert into songs (song_id, title, artist_id, is_inferred) "
            "values ('SO', 'title', 'another', false)",
            star_play("planted"),
        ),
        ({"song_id": "SO", "artist_id": "AR"},),
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
                "insert into staging_songs "
                "(artist_id, artist_name, song_id, title, object, record) values "
                f"('{artist_id}', '{name}', '{song_id}', 'title', 'planted.json', 1)"
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
    *(
        Fault(
            "members_arrived",
            (statement,),
            (
                {
                    "table_name": table,
                    "member_id": "planted",
                    "staged_rows": staged,
                    "star_rows": 1 - staged,
                },
            ),
        )
        for table, statement, staged in (
            ("users", copy("users", "'planted' as user_id"), 0),
            (
                "songs",
                copy("songs", "'planted' as song_id, false as is_inferred"),
                0,
            ),
            (
                "artists",
                copy("artists", "'planted' as artist_id, false as is_inferred"),
                0,
            ),
            (
                "users",
                copy("staging_events", "'planted' as user_id, 'Home' as page"),
                1,
            ),
            ("songs", copy("staging_songs", "'planted' as song_id"), 1),
            ("artists", PLANTED_ARTIST, 1),
        )
    ),
    Fault(
        "plays_of_nobody",
        (
            copy(
                "staging_events",
                "'' as user_id, 'NextSong' as page, 'planted' as object, 7 as record",
            ),
        ),
        ({"object": "planted", "record": 7},),
    ),
    *(
        Fault(
            "plays_arrived",
            ("delete from songplays", "delete from staging_events", *plant),
            tuple(
                {
                    "user_id": user,
                    "session_id": 7,
                    "staged_plays": staged,
                    "star_plays": arrived,
                }
                for user, staged, arrived in found
            ),
        )
        for plant, found in (
            ((staged_play("a"),), [("a", 1, 0)]),
            ((star_play("a"),), [("a", 0, 1)]),
            ((staged_play("a"), star_play("a"), star_play("a", 1)), [("a", 1, 2)]),
            (
                (staged_play("a"), staged_play("b"), star_play("a"), star_play("a", 1)),
                [("a", 1, 2), ("b", 1, 0)],
            ),
            ((staged_play("a"), star_play("a", level="paid")), [("a", 1, 1)]),
            ((staged_play("a"), star_play("a", start_time=LATER)), [("a", 1, 1)]),
        )
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
