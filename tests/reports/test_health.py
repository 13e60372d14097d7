"""The reports on the data's health equal what the warehouse has noted."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from sparkify.errors import CheckError
from sparkify.reports.report import run_report
from sparkify.runs.step import RUN_ID
from sparkify.steps.transform import build_star
from sparkify.warehouse import Session, open_star, open_warehouse, sql
from sparkify.workspace import Workspace
from tests.support.bad_data import BadSource
from tests.support.records import play, write_source
from tests.support.report_stars import CASES, ReportStar, assert_same
from tests.support.stars import build

RUNS = ("20181201T000000.000000Z", "20181202T000000.000000Z", "20181203T000000.000000Z")


@pytest.fixture(scope="module")
def warehouse(
    bad_source: BadSource, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """Yield a star that several runs have built, each with lines to quarantine."""
    workspace = tmp_path_factory.mktemp("health")
    with pytest.MonkeyPatch.context() as patch:
        for run in RUNS:
            patch.setenv(RUN_ID, run)
            build(bad_source.folder, workspace, accept=True)
    with open_star(str(workspace)) as session:
        yield session


def rows_of(session: Session, table: str) -> pd.DataFrame:
    rows: pd.DataFrame = session.query(f"select * from {table}", {}).to_pandas()
    return rows


def test_every_day_with_plays_is_counted(star: ReportStar) -> None:
    days = Counter(star.all_plays["play_date"])
    answer = star.report("rows_by_day")
    assert_same(
        answer, pd.DataFrame(sorted(days.items()), columns=["play_date", "plays"])
    )
    assert answer["plays"].sum() == len(star.tables["songplays"])


@pytest.mark.parametrize("top", [5, 50, 100_000])
@pytest.mark.parametrize("case", CASES)
def test_songs_outside_the_catalogue_are_ranked_by_plays(
    star: ReportStar, case: str, top: int
) -> None:
    plays = star.plays(star.filters(case))
    unmatched = plays[plays["is_inferred"]]
    songs = unmatched.groupby(["title", "artist"])["user_id"]
    expected = songs.agg(plays="size", listeners="nunique").reset_index()
    expected = expected.sort_values(
        ["plays", "title", "artist"], ascending=[False, True, True]
    )
    answer = star.report("unmatched_songs", star.filters(case), top=top)
    assert_same(answer, expected.head(top))
    if top > len(expected):
        assert answer["plays"].sum() == len(unmatched)


@pytest.mark.parametrize("top", [1, 2, 10])
def test_the_counts_of_the_last_runs_are_shown_step_by_step(
    warehouse: Session, top: int
) -> None:
    runs = rows_of(warehouse, "etl_runs")
    last = sorted(RUNS, reverse=True)[:top]
    shown = runs[runs["run_id"].isin(last)].sort_values(["started_at", "step"])
    expected = pd.concat([shown[shown["run_id"] == run] for run in last])
    answer = run_report(warehouse, "runs", top=top).rows
    assert_same(answer, expected)
    parts = ["rows_staged", "rows_duplicate", "rows_quarantined"]
    assert answer[parts].sum(axis=1).tolist() == answer["rows_in"].tolist()
    steps = {
        "flatten events",
        "flatten songs",
        "load events",
        "load songs",
        "transform",
    }
    assert set(answer["step"]) == steps


def test_repairs_blank_lines_and_files_not_read_are_stored_with_the_flatten(
    warehouse: Session, bad_source: BadSource
) -> None:
    runs = rows_of(warehouse, "etl_runs")
    columns = ["rows_in", "rows_repaired", "lines_blank", "files_unread"]
    for name, kind in (("events", bad_source.events), ("songs", bad_source.songs)):
        found = runs[runs["step"] == f"flatten {name}"][columns]
        expected = (
            kind.records,
            sum(kind.repaired.values()),
            kind.blank,
            kind.unread,
        )
        rows = list(found.itertuples(index=False, name=None))
        assert rows == [expected] * len(RUNS)
    others = runs[~runs["step"].str.startswith("flatten")][columns[1:]]
    assert others.isna().all(axis=None)


def test_the_last_load_is_that_of_the_run_that_built_the_star(star: ReportStar) -> None:
    assert_same(star.report("last_load"), last_load(rows_of(star.session, "etl_runs")))


def last_load(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the end of the run that built the star, and what it read."""
    built = runs[runs["step"] == "transform"].sort_values("started_at").iloc[-1]
    flattened = runs[runs["step"].isin(["flatten events", "flatten songs"])]
    read = flattened[flattened["run_id"] == flattened["run_id"].max()]
    return pd.DataFrame(
        {
            "run_id": [built["run_id"]],
            "ended_at": [built["started_at"] + timedelta(seconds=built["seconds"])],
            "records_read": [read["rows_in"].sum()],
            "records_quarantined": [read["rows_quarantined"].sum()],
        }
    )


@pytest.mark.real
def test_the_records_read_are_the_lines_of_the_source(
    real_workspace: Path, real_source: Path
) -> None:
    lines = sum(
        bool(line.strip())
        for path in real_source.rglob("*.json")
        for line in path.read_text("utf-8").splitlines()
    )
    with open_star(str(real_workspace)) as session:
        load = run_report(session, "last_load").rows.iloc[0]
        quarantined = rows_of(session, "quarantine")
    assert load.records_read == lines > 0
    assert load.records_quarantined == len(quarantined)


def test_the_last_load_counts_what_is_in_quarantine(
    warehouse: Session, bad_source: BadSource
) -> None:
    load = run_report(warehouse, "last_load").rows.iloc[0]
    assert load.run_id == RUNS[-1]
    assert load.records_read == bad_source.events.records + bad_source.songs.records
    assert load.records_quarantined == len(bad_source.quarantine)


def test_a_star_built_anew_by_itself_has_the_records_of_the_run_before(
    bad_source: BadSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUN_ID, RUNS[0])
    build(bad_source.folder, tmp_path, accept=True)
    with open_star(str(tmp_path)) as session:
        first = run_report(session, "last_load").rows.iloc[0]
    monkeypatch.setenv(RUN_ID, RUNS[1])
    build_star(str(tmp_path))
    with open_star(str(tmp_path)) as session:
        second = run_report(session, "last_load").rows.iloc[0]
    assert (first.run_id, second.run_id) == RUNS[:2]
    assert second.ended_at > first.ended_at
    assert second.records_read == first.records_read > 0
    assert second.records_quarantined == first.records_quarantined > 0


def test_a_star_that_was_never_built_has_no_last_load(tmp_path: Path) -> None:
    target = open_warehouse("duckdb", Workspace.at(str(tmp_path)), "1GB")
    with target.writing() as session:
        session.run_file("schema/etl_runs")
        assert run_report(session, "last_load").rows.empty


def test_quarantined_records_are_counted_by_run_and_rule(
    warehouse: Session, bad_source: BadSource
) -> None:
    records = rows_of(warehouse, "quarantine")
    keys = list(zip(records["run_id"], records["rule"], strict=True))
    reasons = dict[tuple[str, str], list[str]]()
    for key, reason in zip(keys, records["reason"], strict=True):
        reasons.setdefault(key, []).append(reason)
    rows = [(*key, len(found), min(found)) for key, found in reasons.items()]
    rows.sort(key=lambda row: (row[0], -row[2], row[1]))
    expected = [row for run in reversed(RUNS) for row in rows if row[0] == run]
    answer = run_report(warehouse, "quarantine_by_reason").rows
    columns = ["run_id", "rule", "row_count", "example"]
    assert_same(answer, pd.DataFrame(expected, columns=columns))
    of_run = answer.groupby("run_id")["row_count"].sum().to_dict()
    assert of_run == {RUNS[-1]: len(bad_source.quarantine)}  # each is stored once


def test_the_checks_of_the_last_run_are_shown(warehouse: Session) -> None:
    expected = []
    for name in sql.names("checks"):
        severity, _, claim = sql.load(name).comment.partition(": ")
        found = warehouse.query_file(name).num_rows
        expected.append((name.removeprefix("checks/"), severity, claim, found))
    columns = ["check_name", "severity", "claim", "rows_found"]
    answer = run_report(warehouse, "check_results").rows
    assert_same(answer, pd.DataFrame(expected, columns=columns))
    runs = Counter(rows_of(warehouse, "check_results")["run_id"])
    assert runs == dict.fromkeys(RUNS, len(expected))


def test_the_results_of_the_checks_are_stored_once_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = play(0, "Undo", "Björk")
    two_days_later = play(1, "Undo", "Björk", ts=first["ts"] + 2 * 86_400_000)
    before = write_source(tmp_path / "before", [first], [])
    after = write_source(tmp_path / "after", [first, two_days_later], [])
    workspace = tmp_path / "workspace"
    for run, source in ((RUNS[0], before), (RUNS[1], after), (RUNS[1], after)):
        monkeypatch.setenv(RUN_ID, run)
        build(source, workspace)
    with open_star(str(workspace)) as session:
        noted = rows_of(session, "check_results")
        shown = run_report(session, "check_results").rows
    checks = len(sql.names("checks"))
    assert Counter(noted["run_id"]) == {RUNS[0]: checks, RUNS[1]: checks}
    for rows in (noted, shown):
        found = rows[rows["rows_found"] > 0]
        assert found["check_name"].tolist() == ["days_without_a_play"]
        assert found["rows_found"].tolist() == [1]


def test_a_star_that_fails_a_check_keeps_the_earlier_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUN_ID, RUNS[0])
    events = [play(0, "Undo", "Björk")]
    build(write_source(tmp_path / "source", events, []), tmp_path / "workspace")
    workspace = str(tmp_path / "workspace")
    target = open_warehouse("duckdb", Workspace.at(workspace), "1GB")
    with target.writing() as session:
        session.execute("update songplays set level = 'gold'", {})
    monkeypatch.setenv(RUN_ID, RUNS[1])
    with pytest.raises(CheckError):
        build_star(workspace)
    with open_star(workspace) as star, target.writing() as unpublished:
        for session in (star, unpublished):
            assert set(rows_of(session, "check_results")["run_id"]) == {RUNS[0]}
