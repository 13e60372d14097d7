"""What 05_transform built: rows, a play across its keys, matched and inferred."""

from typing import Any

import pandas as pd
import sqlglot

from sparkify.evidence.flat import texts
from sparkify.evidence.render import Rows, Sentence
from sparkify.reports.report import everything, run_report
from sparkify.warehouse import Session, sql

# A table, the column of a play that leads to it, and its own column.
KEYS = (
    ("users", "user_id", "user_id"),
    ("songs", "song_id", "song_id"),
    ("artists", "artist_id", "artist_id"),
    ("time", "start_time", "start_time"),
)
IN_CATALOGUE, INFERRED = "in the catalogue", "inferred"
ORDERS = {
    "songplays": ("start_time", "songplay_id"),
    "users": ("user_id",),
    "songs": ("is_inferred", "song_id"),
    "artists": ("is_inferred", "artist_id"),
    "time": ("start_time",),
}


def follow_play(session: Session) -> pd.DataFrame:
    """Return the first play that the catalogue matches, and the row of each key.

    Without such a play, the first play is followed.

    Args:
        session: The star.

    Returns:
        One row a key: `key`, `value`, `table` and the `row` there; none without plays.
    """
    query = (
        sqlglot.select("songplays.*")
        .from_("songplays")
        .join("songs", on="songplays.song_id = songs.song_id")
        .order_by("songs.is_inferred", "start_time", "songplay_id")
        .limit(1)
    )
    found = []
    for play in _query(session, query):
        for table, key, own in KEYS:
            rows = sqlglot.select("*").from_(table).where(f"{own} = :key").limit(1)
            row = _query(session, rows, key=play[key])[0]
            shown = ", ".join(
                f"{name} {'NULL' if value is None else value}"
                for name, value in row.items()
                if name != own
            )
            found.append((f"songplays.{key}", str(play[key]), table, shown))
    return pd.DataFrame(found, columns=["key", "value", "table", "the row there"])


def matched(session: Session) -> pd.DataFrame:
    """Return the plays, songs and artists that the catalogue has, and the inferred.

    Returns:
        `what` (plays, songs, artists), `kind` (in the catalogue, inferred), `number`.
    """
    rows = []
    for what, table in (("plays", "songplays"), ("songs", ""), ("artists", "")):
        query = sqlglot.select("is_inferred", "count(*) as n").group_by("is_inferred")
        if table:
            query = query.from_(table).join("songs", using=["song_id"])
        else:
            query = query.from_(what)
        numbers = {row["is_inferred"]: row["n"] for row in _query(session, query)}
        rows.append((what, IN_CATALOGUE, numbers.get(False, 0)))
        rows.append((what, INFERRED, numbers.get(True, 0)))
    return pd.DataFrame(rows, columns=["what", "kind", "number"])


def match_rate(rows: pd.DataFrame) -> str:
    """Return the share of matched plays as a sentence.

    Args:
        rows: The rows of `matched`.
    """
    plays = rows[rows["what"] == "plays"].set_index("kind")["number"]
    total = int(plays.sum())
    if not total:
        return "There are no plays, so nothing could be matched."
    hits = int(plays[IN_CATALOGUE])
    return (
        f"{hits:,} of {total:,} plays ({hits / total:.1%}) are of a song that the "
        f"catalogue has; the other {total - hits:,} have an inferred song."
    )


def outside(session: Session, top: int = 10) -> pd.DataFrame:
    """Return the most played songs that the catalogue lacks.

    Args:
        session: The star.
        top: How many songs.
    """
    period = everything(session)
    return run_report(session, "unmatched_songs", period, top=top).rows


def sample(session: Session, table: str, rows: int = 3) -> pd.DataFrame:
    """Return the first rows of a table of the star, in the order of its key."""
    order = ORDERS[table]
    return texts(
        _query(session, sqlglot.select("*").from_(table).order_by(*order).limit(rows))
    )


def samples(session: Session, *tables: str) -> list[Sentence | Rows]:
    """Return the first rows of tables, each below its name."""
    return [
        shown
        for table in tables
        for shown in (Sentence(table), Rows(sample(session, table)))
    ]


def _query(session: Session, query: Any, **values: Any) -> list[dict[str, Any]]:
    (statement,) = sql.render(query.sql(sql.SOURCE_DIALECT), session.dialect)
    rows: list[dict[str, Any]]
    rows = session.query(statement.text, values).to_pylist()
    return rows
