"""Without any one of its permissions a role's work fails, and the error names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkify.errors import JarsError
from sparkify.rehearsal.redshift.postgres import Postgres
from tests.support.permission_rows import (
    NEEDS_SPARK,
    NOT_ASKED,
    PAGE,
    Permission,
    listed,
    row,
    who_asks,
)
from tests.support.permissions import Played, played

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


def test_the_page_says_of_each_row_whose_request_it_is() -> None:
    text = PAGE.read_text()
    asking = {row(each, "").split(" | ")[3] for each in listed()}
    assert asking == set(re.findall(r"^- \*\*(.+?)\*\*:", text, re.MULTILINE))
    for each in listed():
        start = row(each, "").removesuffix(" |")
        assert sum(line.startswith(start) for line in text.splitlines()) == 1, each


def test_the_emulators_own_requests_are_called_probes(on: Played) -> None:
    """The rows whose request no code of ours and no Spark makes."""
    probes = {each.key for each in listed() if who_asks(each) == "probe"}
    service = {each.key for each in on.permissions() if each.role == "emr-service"}
    assert {key for key in probes if key[0] == "emr-service"} == service
    assert {action for _, _, action in probes - service} == {
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListBucketMultipartUploads",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    }
