"""Mutants of the load into the staging tables, and of the star."""

from typing import Any

from sparkify.steps import transform
from sparkify.warehouse import Session
from sparkify.warehouse.duckdb import DuckDBSession

from .mutant import Harm, Mutant


def after_load(*statements: str, table: str = "staging_events") -> Harm:
    """Return the harm that changes a table after its load, which tells nothing."""

    def harm(load: Harm, session: Session, loaded: str, *given: Any) -> int:
        rows = int(load(session, loaded, *given))
        if loaded == table:
            for statement in statements:
                session.execute(statement, {})
        return rows

    return harm


def lose_a_file(
    load: Harm, session: Session, table: str, columns: Any, files: list[str]
) -> int:
    return int(load(session, table, columns, files[1:] or files))


def load_a_file_twice(
    load: Harm, session: Session, table: str, columns: Any, files: list[str]
) -> int:
    return int(load(session, table, columns, [*files, files[0]]))


FIRST = "(select min(rowid) from {table})"
LAST = "(select max(rowid) from {table})"


def one(place: str, table: str) -> str:
    return f"where rowid = {place.format(table=table)}"


def swap(table: str) -> tuple[str, str]:
    """Return the statements that repeat the first row and delete the last."""
    return (
        f"delete from {table} {one(LAST, table)}",
        f"insert into {table} select * from {table} {one(FIRST, table)}",
    )


LOAD = [
    Mutant("a file is not loaded", DuckDBSession, "load", lose_a_file),
    Mutant("a file is loaded twice", DuckDBSession, "load", load_a_file_twice),
    *(
        Mutant(f"{table} {what}", DuckDBSession, "load", after_load(*harm, table=table))
        for table in ("staging_events", "staging_songs", "quarantine")
        for what, harm in (
            ("loses a row", [f"delete from {table} {one(LAST, table)}"]),
            ("has a row twice", [swap(table)[1]]),
            ("has one row twice and another not", swap(table)),
            (
                "has a row of another record",
                [f"update {table} set record = record + 1 {one(FIRST, table)}"],
            ),
        )
    ),
    Mutant(
        "a text is cut",
        DuckDBSession,
        "load",
        after_load(
            "update staging_events set song = left(song, 3) "
            + one(FIRST, "staging_events")
        ),
    ),
    Mutant(
        "a value is lost",
        DuckDBSession,
        "load",
        after_load(
            f"update staging_events set gender = null {one(FIRST, 'staging_events')}"
        ),
    ),
]


def after_build(*statements: str) -> Harm:
    """Return the harm that changes the finished tables."""

    def harm(build_tables: Harm, session: Session) -> Any:
        built = build_tables(session)
        for statement in statements:
            session.execute(statement, {})
        return built

    return harm


A_PLAY = "where songplay_id = (select min(songplay_id) from songplays)"
COPIED = "select songplays.* replace ('copied' as songplay_id) from songplays "
STAR = [
    Mutant(what, transform, "build_tables", after_build(*statements))
    for what, statements in {
        "a play is lost": [f"delete from songplays {A_PLAY}"],
        "all plays are lost": ["delete from songplays", "delete from session_days"],
        "a play is there twice": [f"insert into songplays {COPIED} {A_PLAY}"],
        "a play is there twice and another not": [
            f"delete from songplays {A_PLAY}",
            f"insert into songplays {COPIED} {A_PLAY}",
        ],
        "a play has the time of another": [
            "update songplays set start_time = (select max(start_time) from songplays) "
            + A_PLAY
        ],
        "a play has another user": [
            f"update songplays set user_id = 'silent' {A_PLAY}"
        ],
        "a user without a play is lost": ["delete from users where user_id = 'silent'"],
        "a user is there twice": ["insert into users select * from users limit 1"],
        "a song without a play is lost": ["delete from songs where song_id = 'SO3'"],
        "an artist without a play is lost": [
            "delete from artists where artist_id = 'AR3'",
            "update songs set artist_id = 'AR1' where song_id = 'SO3'",
        ],
    }.items()
]
