"""Runs reports on the last published star, and caches the answers."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, current_thread
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from dashboard.text import literal
from sparkify.errors import SparkifyError
from sparkify.params import Value, read_parameters
from sparkify.reports.report import Answer, Filters, run_ranking, run_report
from sparkify.warehouse import Session, Warehouse, open_warehouse
from sparkify.warehouse.tables import require_current
from sparkify.workspace import Workspace

DEFAULT_PARAMETERS = "params/local.yaml"
ANSWERS_KEPT = 2_000
VERSIONS_OPEN = 2
SECONDS_CURRENT = 60  # a query a minute at most, as a serverless warehouse bills each
ASKED = "has_asked_for_the_version"


@dataclass(frozen=True)
class Star:
    """An open version of the star.

    Attributes:
        version: The version's name, which no other version ever has.
        session: A read-only session, for all viewers; each query has its own cursor.
    """

    version: str
    session: Session


_of_this_run: ContextVar[Star | None] = ContextVar("star", default=None)


@contextmanager
def one_version() -> Iterator[None]:
    """Answer all questions of a block on the version that is current at its start."""
    token = _of_this_run.set(_current())
    try:
        yield
    finally:
        _of_this_run.reset(token)


def report(name: str, filters: Filters | None = None, **more: Any) -> Answer:
    """Run a report, or return its cached answer, which all viewers share.

    The version of the star is that of `one_version`, or else the current one.

    Args:
        name: The file in `sql/reports/`, without its suffix.
        filters: The plays to count.
        more: Further values to bind.
    """
    star = _of_this_run.get() or _current()
    return _report(
        star.version, name, filters, tuple(sorted(more.items())), star.session
    )


def rank(name: str, filters: Filters, **more: Any) -> Answer:
    """Run a ranking; see `run_ranking` for its arguments."""
    star = _of_this_run.get() or _current()
    return _rank(star.version, name, filters, tuple(sorted(more.items())), star.session)


def ahead(*questions: Callable[[], Answer]) -> None:
    """Begin to answer questions that the page asks later, while it draws others.

    Whoever asks the same then waits for that answer, and is told its error. On Redshift
    none is begun: each would log in with a connection of its own.

    Args:
        questions: Calls of `report` or `rank`.
    """
    if _parameters()["warehouse"] != "duckdb":
        return
    context = get_script_run_ctx()

    def answer(question: Callable[[], Answer]) -> None:
        add_script_run_ctx(current_thread(), context)
        with suppress(SparkifyError):  # the page's own question raises it again
            question()

    for question in questions:
        Thread(target=copy_context().run, args=(answer, question)).start()


@contextmanager
def explained() -> Iterator[None]:
    """Show an error of Sparkify as a message with its remedy, without a traceback."""
    try:
        yield
    except SparkifyError as error:
        st.title("There is nothing to show")
        st.error(literal(str(error)), icon=":material/error:")
        st.markdown(
            "Build the star schema from the demo data by `make run`, or from your own "
            "files by `sparkify run params/local.yaml -p source=DIR`, then reload."
        )


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _report(
    version: str,
    name: str,
    filters: Filters | None,
    more: tuple[tuple[str, Any], ...],
    _session: Session,  # is no part of the key, as Streamlit reads the underscore
) -> Answer:
    with _session.cursor() as session:
        return run_report(session, name, filters, **dict(more))


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _rank(
    version: str,
    name: str,
    filters: Filters,
    more: tuple[tuple[str, Any], ...],
    _session: Session,
) -> Answer:
    with _session.cursor() as session:
        return run_ranking(session, name, filters, **dict(more))


def _current() -> Star:
    """Open the current version; in the cloud it is asked for once a minute.

    Whoever opens or reloads the page asks at once.
    """
    if _parameters()["warehouse"] == "duckdb":
        return _open(_warehouse().version())
    if ASKED not in st.session_state:
        st.session_state[ASKED] = True
        _version_of_this_minute.clear()
    return _open(_version_of_this_minute())


@st.cache_data(ttl=SECONDS_CURRENT, show_spinner=False)
def _version_of_this_minute() -> str:
    return _warehouse().version()


@st.cache_resource(max_entries=VERSIONS_OPEN, show_spinner=False)
def _open(version: str) -> Star:
    """Open a version once for all viewers, or the next one if it is just published."""
    session = _warehouse().reading()
    now = _warehouse().version()
    if now == version:
        _require_current(session)
        return Star(version, session)
    session.close()  # which of the two it has opened is not known
    opened: Star = _open(now)
    return opened


def _require_current(session: Session) -> None:
    """Close a session and raise an error if its star is of an earlier version."""
    try:
        require_current(session)
    except SparkifyError:
        session.close()
        raise


@st.cache_resource(show_spinner=False)
def _warehouse() -> Warehouse:
    """Open the warehouse of the parameter file that the command line names."""
    parameters = _parameters()
    return open_warehouse(
        str(parameters["warehouse"]),
        Workspace.at(str(parameters["workspace"])),
        str(parameters["memory_limit"]),
    )


@st.cache_resource(show_spinner=False)
def _parameters() -> dict[str, Value]:
    return read_parameters(Path(*sys.argv[1:2] or [DEFAULT_PARAMETERS]), sys.argv[2:])
