"""Shows a trace on a terminal, or in a file, as text."""

from collections.abc import Iterator

from rich.console import Console

from sparkify.lineage.trace import Row, Trace
from sparkify.terminal import escape_controls

INFERRED = ", inferred from plays"


def show_trace(console: Console, trace: Trace) -> None:
    r"""Write a play, its raw record and what does not agree.

    What a terminal would act on is written as an escape, such as `\x1b`. The raw text
    keeps its lines.
    """
    sections = [
        ("play", [("songplay_id", trace.songplay_id), *_play(trace.play or {})]),
        ("raw record", list(_record(trace))),
    ]
    for title, cells in sections:
        _write(console, title)
        width = max(len(name) for name, _ in cells)
        for name, text in cells:
            _write(console, f"  {name:<{width}}  {escape_controls(text)}")
    for note in trace.notes:
        _write(console, f"note: {escape_controls(note)}")
    if trace.record.raw is not None:
        _write(console, "raw text")
        _write(console, escape_controls(trace.record.raw, keep="\n"))


def _write(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _play(play: Row) -> Iterator[tuple[str, str]]:
    """Yield what the star says of a play: the name and the text of each cell."""
    if not play:
        return
    is_inferred = INFERRED if play["is_song_inferred"] else ""
    names = [play["first_name"], play["last_name"]]
    yield "start_time", f"{play['start_time']} UTC"
    yield "song", f"{play['song_title']} ({play['song_id']}{is_inferred})"
    yield "artist", f"{play['artist_name']} ({play['artist_id']})"
    yield "user", f"{' '.join(filter(None, names))} ({play['user_id']})".strip()
    for name in ("level", "session_id", "location", "user_agent"):
        if play[name] is not None:
            yield name, str(play[name])


def _record(trace: Trace) -> Iterator[tuple[str, str]]:
    """Yield where the raw record lies, and what the record rules say of it."""
    yield "source", trace.source
    if trace.place:
        yield "object", trace.place.object
        yield "record", str(trace.place.record)
    if trace.record.line is not None:
        yield "line", str(trace.record.line)
    verdict = trace.record.verdict
    if verdict is None:
        return
    yield "repairs", ", ".join(verdict.repairs) or "none"
    if verdict.extra_keys:
        yield "unknown keys", ", ".join(verdict.extra_keys)
    if verdict.reason:
        yield "reason", verdict.reason
