"""Each check finds the fault that it is for, and nothing on a sound star."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest

from sparkify.errors import CheckError
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.provision import provision
from sparkify.steps.transform import build_star
from sparkify.warehouse import Session, open_star, open_warehouse, sql
from sparkify.warehouse.checks import CheckResult, run_checks, stop_at_errors
from sparkify.workspace import Workspace
from tests.support.faults import FAULTS, Fault

CHECKS = [name.split("/")[1] for name in sql.names("checks")]


class UndoError(Exception):
    """Takes back what a test has done to the star."""


def writing(workspace: Path) -> Session:
    return open_warehouse("duckdb", Workspace(workspace), "1GB").writing()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with a sound star of demo data."""
    folder = tmp_path_factory.mktemp("checks")
    workspace = str(folder)
    provision("demo", workspace, demo_events=600, demo_songs=60)
    create_schema(workspace)
    flatten("demo", workspace)
    load_staging(workspace)
    build_star(workspace)
    return folder


@pytest.fixture
def session(workspace: Path) -> Iterator[Session]:
    """Yield the sound star, to be spoilt."""
    with writing(workspace) as session, suppress(UndoError), session.transaction():
        yield session
        raise UndoError


def test_every_check_has_a_fault_to_find() -> None:
    assert {fault.check for fault in FAULTS} == set(CHECKS)


def test_a_sound_star_passes_every_check_of_severity_error(session: Session) -> None:
    results = run_checks(session)
    assert [result.name for result in results] == CHECKS
    assert {result.severity for result in results} == {"error", "warn"}
    failed = [result.name for result in results if not result.is_passed]
    assert set(failed) <= {"artists_with_several_names", "days_without_a_play"}
    stop_at_errors(results)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.check)
def test_a_check_finds_the_planted_row_and_no_other(
    fault: Fault, session: Session
) -> None:
    for statement in fault.plant:
        session.execute(statement, {})
    found = session.query_file(f"checks/{fault.check}").to_pylist()
    assert sorted(found, key=repr) == sorted(fault.found, key=repr)


def result(
    name: str, severity: str = "error", rows: list[dict[str, object]] | None = None
) -> CheckResult:
    return CheckResult(
        name, severity, f"{name} is wrong.", pa.Table.from_pylist(rows or [])
    )


def test_a_failed_check_stops_the_run_and_shows_some_of_its_rows() -> None:
    many = [{"song_id": f"SO{number}", "row_count": number} for number in range(1234)]
    results = [
        result("sound"),
        result("songs_key", rows=many),
        result("warned", "warn", [{"play_date": 1}]),
        result("users_key", rows=[{"user_id": None}]),
    ]
    with pytest.raises(CheckError) as caught:
        stop_at_errors(results)
    assert str(caught.value).splitlines() == [
        "2 of 4 checks failed; the new star was not published, the last one is kept:",
        "- songs_key: songs_key is wrong. Found 1,234 rows, such as song_id 'SO0', "
        "row_count 0; song_id 'SO1', row_count 1; song_id 'SO2', row_count 2",
        "- users_key: users_key is wrong. Found 1 row, such as user_id None",
    ]


def test_warnings_do_not_stop_the_run() -> None:
    stop_at_errors([result("sound"), result("warned", "warn", [{"play_date": 1}])])


def test_a_star_that_fails_a_check_is_not_published(
    workspace: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(workspace, spoilt)
    with writing(spoilt) as session:
        session.execute("update staging_events set level = 'gold'", {})
        session.execute("update staged_objects set star = null", {})
    with pytest.raises(CheckError, match=r"songplays_level: .* level 'gold'"):
        build_star(str(spoilt))
    levels = "select distinct level from songplays order by level"
    with open_star(str(spoilt)) as star, writing(spoilt) as unpublished:
        for session in (star, unpublished):
            assert session.query(levels, {})["level"].to_pylist() == ["free", "paid"]
