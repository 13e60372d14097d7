"""Builds the star schema from the staging tables."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from hashlib import sha256

from sparkify.errors import QualityError, ReconciliationError
from sparkify.ingest.manifest import Flattened
from sparkify.warehouse import sql
from sparkify.warehouse.checks import CheckResult
from sparkify.warehouse.session import Session
from sparkify.warehouse.tables import ROLLUPS, STAR

NO_PLAYS = (
    "it has no plays: no event has the page NextSong and a user; look at the source "
    "and at the quarantine"
)
EMPTYING = ("empty", "catalogue")  # before a rebuild
# The temporary tables that the star is updated from, in the order of their creation.
INTERMEDIATE = ("fresh_objects", "fresh_users", "tracks", "lengths", "sessions")
SQL_FOLDERS = ("schema", "transform", "views")


class Build(StrEnum):
    """How the star came to have the staged rows."""

    REBUILT = "built from all staged rows"
    UPDATED = "updated with what is new"
    UNCHANGED = "has all staged rows already"


def build_tables(session: Session) -> tuple[Build, dict[str, int]]:
    """Bring the star to the staged rows.

    New objects have keys that no earlier one has, so only the members and sessions of
    their plays are touched. If the earlier rows are not in the star, or if other SQL
    put them there, the star is emptied first, and then all objects are new to it.

    Args:
        session: The warehouse, within a transaction.

    Returns:
        How the star was brought there; and the number of rows of its tables, by name.

    Raises:
        WarehouseError: The engine rejected a statement.
    """
    digest = _sql_digest(session.dialect)
    batches = session.query_file("load/batches").to_pylist()
    stars = {row["star"] for row in batches}
    if stars == {digest}:
        build = Build.UNCHANGED
    else:
        build = Build.UPDATED if stars == {digest, None} else Build.REBUILT
        emptying = EMPTYING if build is Build.REBUILT else ()
        for name in (*emptying, *INTERMEDIATE, *STAR, *ROLLUPS):
            spans = _spans(session) if name == "songplays" else [{}]
            for span in spans:
                session.run_file(f"transform/{name}", **span)
    session.run_file("load/mark_star", star=digest)
    rows = session.query_file("reports/star_rows").to_pylist()
    return build, {row["table_name"]: row["row_count"] for row in rows}


def _spans(session: Session) -> list[dict[str, int]]:
    """Return spans of time that hold all new plays, in order.

    A span has no more plays than the engine sorts well, or it is a part of one hour.

    Args:
        session: The warehouse, with the temporary table `fresh_objects`.

    Returns:
        The first and the last timestamp of each span, in epoch milliseconds.
    """
    spans: list[dict[str, int]] = []
    plays = 0
    for hour in session.query_file("transform/new_plays").to_pylist():
        plays += hour["plays"]
        if not spans or 0 < session.most_rows_sorted < plays:
            spans.append({"first_ts": hour["first_ts"]})
            plays = hour["plays"]
        spans[-1]["last_ts"] = hour["last_ts"]
    return spans


def has_batches(session: Session, names: Collection[str]) -> bool:
    """Return whether the star has all records of these batches, by the SQL of today.

    Args:
        session: The warehouse.
        names: The names of all batches that should be loaded.
    """
    rows = session.query_file("load/batches").to_pylist()
    return {row["batch"] for row in rows} == {*names} and {
        row["star"] for row in rows
    } == {_sql_digest(session.dialect)}


def _sql_digest(dialect: str) -> str:
    """Return a digest of the SQL that builds the star, as the engine gets it."""
    digest = sha256()
    for folder in SQL_FOLDERS:
        for name in sql.names(folder):
            for statement in sql.render(sql.load(name).text, dialect):
                digest.update(f"{statement.text};".encode())
    return digest.hexdigest()[:16]


def require_loaded(session: Session, flattened: Flattened) -> None:
    """Raise an error unless the staged rows come from the last flatten step.

    Raises:
        ReconciliationError: The last flatten step has not been loaded.
    """
    loaded = session.query_file("load/steps_of_run", run_id=flattened.run_id)
    if loaded.num_rows == 0:
        raise ReconciliationError(
            f"the flattened data of run {flattened.run_id} has not been loaded; run "
            "04_load first"
        )


def count_staged_plays(session: Session) -> int:
    """Return the number of staged plays, which is the number the star must have."""
    return int(session.query_file("load/staged_plays").to_pylist()[0]["plays"])


def count_songplays(session: Session) -> int:
    """Return the number of plays in the star as it is now."""
    return int(session.query_file("load/star_plays").to_pylist()[0]["plays"])


def require_size(plays: int, last: int, *, accept: bool) -> None:
    """Raise an error if a new star has less than half the plays of the last one.

    Raises:
        QualityError: It has, and `accept` is false.
    """
    if 2 * plays < last and not accept:
        raise QualityError(
            f"the new star has {plays:,} plays and the last one has {last:,}; the new "
            "one was not published. Look at the source and at the quarantine, or set "
            "accept=true to publish it all the same."
        )


def write_checks(session: Session, run_id: str, checks: Sequence[CheckResult]) -> None:
    """Write the results of a run's checks to `check_results`."""
    for check in checks:
        session.run_file(
            "load/write_check",
            run_id=run_id,
            check_name=check.name,
            severity=check.severity,
            claim=check.claim,
            rows_found=check.rows.num_rows,
        )
