"""Runs reports on the last published star, and caches the answers."""

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
    """Run a report on the current version of the star, or return its cached answer.

    Args:
        name: The file in `sql/reports/`, without its suffix.
        filters: The plays to count.
        more: Further values to bind.
    """
    return _report(_version(), name, filters, tuple(sorted(more.items())))


def rank(name: str, filters: Filters, **more: Any) -> Answer:
    """Run a ranking; see `run_ranking` for its arguments."""
    return _rank(_version(), name, filters, tuple(sorted(more.items())))


@contextmanager
def explained() -> Iterator[None]:
    """Show an error of Sparkify as a message with its remedy, without a traceback."""
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
    """Open a version once for all viewers; each query uses its own cursor."""
    return _warehouse().reading()


@st.cache_resource(show_spinner=False)
def _warehouse() -> Warehouse:
    """Open the warehouse of the parameter file that the command line names."""
    parameters = read_parameters(
        Path(*sys.argv[1:2] or [DEFAULT_PARAMETERS]), sys.argv[2:]
    )
    return open_warehouse(
        str(parameters["warehouse"]),
        Workspace.at(str(parameters["workspace"])),
        str(parameters["memory_limit"]),
    )
