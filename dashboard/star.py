"""What the pages ask: the star that was published last, each answer kept."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from sparkify.errors import SparkifyError
from sparkify.params import read_parameters
from sparkify.reports.report import Answer, Filters, run_ranking, run_report
from sparkify.warehouse import Session, Warehouse, open_warehouse
from sparkify.workspace import Workspace

DEFAULT_PARAMETERS = "params/local.yaml"
ANSWERS_KEPT = 2_000
VERSIONS_OPEN = 2


def report(name: str, filters: Filters | None = None, **more: Any) -> Answer:
    """Asks one report of the current version; an answer that is known comes at once.

    Args:
        name: The file below `sql/reports/`, without suffix.
        filters: Which plays it is about.
        more: Further values that it binds.
    """
    return _report(_version(), name, filters, tuple(sorted(more.items())))


def rank(name: str, filters: Filters, **more: Any) -> Answer:
    """Asks a ranking, as `sparkify.reports.rank` does."""
    return _rank(_version(), name, filters, tuple(sorted(more.items())))


@contextmanager
def explained() -> Iterator[None]:
    """Shows what goes wrong in words, with its remedy, instead of a traceback."""
    try:
        yield
    except SparkifyError as error:
        st.title("There is nothing to show")
        st.error(str(error), icon=":material/error:")
        st.markdown(
            "Build the star schema from the demo data by `make run`, or from your own "
            "files by `sparkify run params/local.yaml -p source=DIR`, then reload."
        )


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _report(
    version: str, name: str, filters: Filters | None, more: tuple[tuple[str, Any], ...]
) -> Answer:
    with _star(version).cursor() as session:
        return run_report(session, name, filters, **dict(more))


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _rank(
    version: str, name: str, filters: Filters, more: tuple[tuple[str, Any], ...]
) -> Answer:
    with _star(version).cursor() as session:
        return run_ranking(session, name, filters, **dict(more))


def _version() -> str:
    return _warehouse().version()


@st.cache_resource(max_entries=VERSIONS_OPEN, show_spinner=False)
def _star(version: str) -> Session:
    """Opens a version once for all viewers; each question has a cursor of its own."""
    return _warehouse().reading()


@st.cache_resource(show_spinner=False)
def _warehouse() -> Warehouse:
    """Opens the warehouse of the parameter file that the command line names."""
    parameters = read_parameters(
        Path(*sys.argv[1:2] or [DEFAULT_PARAMETERS]), sys.argv[2:]
    )
    return open_warehouse(
        str(parameters["warehouse"]),
        Workspace.at(str(parameters["workspace"])),
        str(parameters["memory_limit"]),
    )
