"""Without any one of its permissions a role's work fails, and the error names it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkify.errors import JarsError
from sparkify.rehearsal.redshift.postgres import Postgres
from tests.support.permissions import (
    NEEDS_SPARK,
    NOT_ASKED,
    PAGE,
    Permission,
    Played,
    listed,
    played,
    row,
)

pytestmark = [
    pytest.mark.server,
    pytest.mark.jvm,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def on(
    postgres: Postgres,
    wheels: Path,
    demo_source: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Played]:
    try:
        with played(
            tmp_path_factory.mktemp("play"), postgres, wheels, demo_source
        ) as on:
            yield on
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")


def test_the_page_lists_every_permission(on: Played) -> None:
    assert listed() == on.permissions()


@pytest.mark.parametrize(
    "taken",
    [each for each in listed() if each.key not in NOT_ASKED | NEEDS_SPARK],
    ids=lambda each: f"{each.role}-{each.statement}-{each.action}",
)
def test_the_error_names_what_was_taken_away(on: Played, taken: Permission) -> None:
    message = on.fail(taken)
    assert taken.action in message
    assert row(taken, message) in PAGE.read_text().splitlines()
