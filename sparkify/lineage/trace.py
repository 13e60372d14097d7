"""Traces a play of the star back to its staged event and to its raw record."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sparkify.errors import TraceError
from sparkify.ingest.read_errors import shown
from sparkify.ingest.record_schema import EVENTS, PLACE, PLAY
from sparkify.ingest.verdict import shorten
from sparkify.lineage.source_record import Place, SourceRecord, read_source_record
from sparkify.warehouse import Session
from sparkify.workspace import Workspace

Row = dict[str, Any]

NEAR_SHOWN = 5
NEAR_LOOKED_AT = 1_000
FORM = "USER-SESSION-ITEM"


@dataclass(frozen=True)
class Trace:
    """Where a play comes from.

    Attributes:
        songplay_id: The play.
        play: Its row of the star, with the names of its song, artist and user; None if
            only the staged event is there.
        event: The staged event; None if only the play is there.
        source: The address of the source.
        place: Where the raw record lies; None without a staged event.
        record: The raw record, read again.
        notes: What does not agree, in sentences; empty if all does.
    """

    songplay_id: str
    play: Row | None
    event: Row | None
    source: str
    place: Place | None
    record: SourceRecord
    notes: list[str]

    def to_row(self) -> Row:
        """Return the trace as one row, for JSON."""
        verdict = self.record.verdict
        return {
            "songplay_id": self.songplay_id,
            "source": self.source,
            "object": self.place.object if self.place else None,
            "record": self.place.record if self.place else None,
            "line": self.record.line,
            "raw": self.record.raw,
            "repairs": verdict.repairs if verdict else None,
            "extra_keys": verdict.extra_keys if verdict else None,
            "reason": verdict.reason if verdict else None,
            "notes": self.notes,
            "play": self.play,
            "event": self.event,
        }


def trace_play(
    session: Session,
    songplay_id: str,
    *,
    workspace: str,
    source: str,
    most_record_bytes: int,
) -> Trace:
    """Trace a play back to its raw record, which is read again from the source.

    Args:
        session: The published star.
        songplay_id: The play: user, session and item, joined by hyphens.
        workspace: The workspace parameter of the run that built the star.
        source: The source parameter of that run.
        most_record_bytes: The longest record, in bytes.

    Raises:
        TraceError: There is no such play; the message names near ones.
        WarehouseError: The warehouse rejected a query.
    """
    plays = session.query_file("lineage/play", songplay_id=songplay_id).to_pylist()
    events = session.query_file(
        "lineage/staged_event", songplay_id=songplay_id
    ).to_pylist()
    staged = [event for event in events if event["page"] == PLAY and event["user_id"]]
    if not plays and not staged:
        raise _no_play(session, songplay_id, events)
    place_of = Workspace.at(workspace)
    address = place_of.source(source)
    notes = []
    if not plays:
        notes.append("the star does not hold this play: run 05_transform")
    if not staged:
        notes.append("its staged event is no longer there: run 04_load again")
        record, place, event = SourceRecord(), None, None
    else:
        event = staged[0]
        place = Place(*(event.pop(name) for name in PLACE))
        record = read_source_record(address, place_of, place, most_record_bytes)
        notes += record.notes
        notes += _compare(place, record, event)
    return Trace(
        songplay_id=songplay_id,
        play=plays[0] if plays else None,
        event=event,
        source=address,
        place=place,
        record=record,
        notes=notes,
    )


def _compare(place: Place, record: SourceRecord, event: Mapping[str, Any]) -> list[str]:
    """Return whether a record, as it is now, does not give the staged event."""
    if record.verdict is None:
        return []
    what = f"record {place.record:,} of '{shown(place.object)}'"
    if record.verdict.reason:
        return [f"{what} does not give this play now: {record.verdict.reason}"]
    values = zip(EVENTS.column_names, record.verdict.values, strict=True)
    differing = [name for name, value in values if event[name] != value]
    if differing:
        return [
            f"{what} does not give this play now: it has another {', '.join(differing)}"
        ]
    if record.notes:
        return [f"{what} still gives this play"]
    return []


def _no_play(session: Session, songplay_id: str, events: list[Row]) -> TraceError:
    """Return the error of a play that is not there, with the near ones."""
    what = f"there is no play '{shorten(songplay_id)}'"
    if events:
        found = events[0]
        return TraceError(
            f"{what}: this event is no play, its page is '{shorten(found['page'])}'; "
            f"it is record {found['record']:,} of '{shown(found['object'])}'"
        )
    user_id, *rest = songplay_id.rsplit("-", 2)
    if len(rest) < 2:
        return TraceError(
            f"{what}: a play is named {FORM}, as in 26-7-0; find its songplay_id with "
            "sparkify query"
        )
    found = session.query_file(
        "lineage/near_plays", user_id=user_id, session_id=rest[0], top=NEAR_LOOKED_AT
    ).to_pylist()
    same = [row["songplay_id"] for row in found if row["is_same_session"]]
    near = same or [row["songplay_id"] for row in found]
    if not near:
        return TraceError(f"{what}: user '{shorten(user_id)}' has no plays")
    nearest = get_close_matches(songplay_id, near, n=NEAR_SHOWN, cutoff=0)
    of = "its session" if same else f"user '{shorten(user_id)}'"
    return TraceError(f"{what}; near plays of {of}: {', '.join(nearest)}")
