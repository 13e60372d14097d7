"""A warehouse of an earlier version gets today's tables and views, and all rows."""

import json
import shutil
from contextlib import nullcontext
from pathlib import Path
from random import Random

import pytest

from sparkify.errors import WarehouseError
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.runs.step import RUN_FOLDER, SUMMARY
from sparkify.steps.create_schema import create_schema
from sparkify.warehouse import open_star, open_warehouse
from sparkify.warehouse.tables import ROLLUPS, STAR, require_current
from sparkify.workspace import Workspace
from tests.support.changing_source import Source
from tests.support.redshift import redshift_emulator
from tests.support.stars import build

VIEWS = {
    "staging_plays": "select user_id as songplay_id, ts, level from staging_events",
    "song_names": "select title, song_id, is_inferred from songs",
}
# What an earlier version had otherwise: the statements that bring it back.
EARLIER = {
    "a view has other columns": (
        *(f"drop view {view}" for view in VIEWS),
        *(f"create view {view} as {query}" for view, query in VIEWS.items()),
    ),
    "a view has its columns in another order": (
        "drop view song_names",
        "create view song_names as select songs.title, songs.song_id, "
        "artists.name as artist, songs.year, songs.duration, songs.is_inferred "
        "from songs inner join artists on songs.artist_id = artists.artist_id",
    ),
    "a dimension lacks a column": (
        "drop view song_names",
        "alter table songs drop column year",
    ),
    "a rollup lacks a column": ("alter table session_days drop column user_agent",),
    "there is no rollup": ("drop table session_days",),
    "there are no views": tuple(f"drop view {view}" for view in VIEWS),
    "a rollup has one more column": (
        "alter table session_days add column skipped bigint",
    ),
    "a staging table lacks a column": (
        "drop view staging_plays",
        "alter table staging_events drop column user_agent",
    ),
    "the list of objects lacks a column": (
        "alter table staged_objects drop column star",
    ),
    "etl_runs lacks a column": ("alter table etl_runs drop column unread",),
}
# What the dashboard says of some of them; with the others its reports can do.
REFUSED = {
    "a view has other columns": "no column artist, year, duration in song_names",
    "a dimension lacks a column": "no column year in songs, no song_names",
    "a rollup lacks a column": "no column user_agent in session_days",
    "there is no rollup": "no session_days",
    "there are no views": "no song_names",
}


def star(workspace: Path, warehouse: str) -> dict[str, list[str]]:
    """Return the rows of the star and those of the views, sorted."""
    with open_star(str(workspace), warehouse=warehouse) as session:
        require_current(session)
        return {
            name: sorted(
                repr([*row.values()])
                for row in session.query(f"select * from {name}", {}).to_pylist()
            )
            for name in (*STAR, *ROLLUPS, "song_names")
        }


def bring_back(workspace: Path, warehouse: str, what: str) -> None:
    """Give a built star what an earlier version had."""
    target = open_warehouse(warehouse, Workspace(workspace), "1GB")
    with target.writing() as session:
        for statement in EARLIER[what]:
            session.execute(statement, {})
    if warehouse == "duckdb":
        target.publish()


def require_told(workspace: Path, warehouse: str, lacking: str | None) -> None:
    """Require that a star is refused for what it lacks, and for that alone."""
    refused = pytest.raises(WarehouseError, match=f"has {lacking};.* sparkify run")
    with (
        open_star(str(workspace), warehouse=warehouse) as session,
        refused if lacking else nullcontext(),
    ):
        require_current(session)


def require_renewed(source: Source, workspace: Path, warehouse: str, what: str) -> None:
    """Bring what an earlier version had back, and require that a run renews it."""
    build(source.root, workspace, warehouse, accept=True)
    bring_back(workspace, warehouse, what)
    if warehouse == "duckdb" or "rollup" in what:  # a view is granted by a run alone
        require_told(workspace, warehouse, REFUSED.get(what))
    rebuilt = workspace.with_name("rebuilt")
    for _ in range(2):  # the second run adds to what the first one renewed
        build(source.root, workspace, warehouse, accept=True)
        build(source.root, rebuilt, accept=True)
        assert star(workspace, warehouse) == star(rebuilt, "duckdb")
        shutil.rmtree(rebuilt)
        source.add_events()


@pytest.mark.parametrize("what", EARLIER)
def test_a_run_renews_what_an_earlier_version_had(what: str, tmp_path: Path) -> None:
    source = Source(tmp_path / "source", Random(5))
    require_renewed(source, tmp_path / "workspace", "duckdb", what)


def test_a_run_says_which_tables_it_renews(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(tmp_path / "source", Random(5))
    workspace = tmp_path / "workspace"
    build(source.root, workspace, accept=True)
    monkeypatch.setenv(RUN_FOLDER, str(tmp_path))

    def summary() -> str:
        create_schema(str(workspace))
        return str(json.loads((tmp_path / SUMMARY).read_text())["summary"])

    assert "earlier" not in summary()
    bring_back(workspace, "duckdb", "a rollup lacks a column")
    assert summary().endswith(
        "; session_days had the columns of an earlier version, so the star is built "
        "anew"
    )


@pytest.mark.server
@pytest.mark.xdist_group("redshift")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("what", [*EARLIER][:5])
def test_a_run_renews_it_on_redshift_too(
    what: str, tmp_path: Path, postgres: Postgres
) -> None:
    source = Source(tmp_path / "source", Random(5))
    with redshift_emulator(tmp_path, postgres) as on:
        require_renewed(source, on.workspace, "redshift", what)
