"""A script run answers from one version, and all viewers share its answers."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from dashboard import star
from sparkify.charts import Drawn, rankings, style
from sparkify.errors import WarehouseError
from sparkify.project import ROOT
from sparkify.reports.report import Answer, run_ranking, run_report
from sparkify.warehouse.duckdb import DuckDBSession
from tests.support.dashboards import (
    Shown,
    assert_sound,
    build_of,
    figures,
    open_page,
    text,
)
from tests.support.records import play

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]

SESSIONS = 8
SECONDS_TO_START = 60


def test_a_publish_between_two_questions_does_not_mix_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = build_of(tmp_path, play(0, "Undo", "Björk"))
    two = [play(item, "Undo", "Björk") for item in range(2)]

    def publish_after(session: Any, name: str, *more: Any, **values: Any) -> Answer:
        """Answer; after the first figures, publish a star of two plays."""
        answer = run_report(session, name, *more, **values)
        if name == "overview" and len(list(tmp_path.glob("source-*"))) == 1:
            build_of(tmp_path, *two)
        return answer

    monkeypatch.setattr(star, "run_report", publish_after)
    dashboard = open_page(workspace)
    assert_sound(dashboard)
    assert figures(dashboard)["Plays"] == "1"
    counted = [line for line in text(dashboard).splitlines() if "n = " in line]
    assert len(counted) >= 4
    assert all("n = 1 " in line for line in counted)
    dashboard.run()
    assert figures(dashboard)["Plays"] == "2"


def test_what_many_ask_at_once_is_queried_and_drawn_once(
    demo: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, drawn = Counter[str](), Counter[str]()
    query = DuckDBSession.query

    def count_query(
        self: DuckDBSession, statement: str, values: Mapping[str, Any]
    ) -> pa.Table:
        asked[f"{statement} {values}"] += 1
        return query(self, statement, values)

    def count_chart(chart: Drawn, title: str, *more: Any, **options: Any) -> Drawn:
        drawn[title] += 1
        return style.titled(chart, title, *more, **options)

    monkeypatch.setattr(DuckDBSession, "query", count_query)
    monkeypatch.setattr(rankings, "titled", count_chart)
    together = Barrier(SESSIONS)
    run = LocalScriptRunner.run

    def run_together(*given: Any, **more: Any) -> Any:
        """Run a session; its end takes away the runtime that all of them share."""
        tree = run(*given, **more)
        together.wait(SECONDS_TO_START)
        return tree

    monkeypatch.setattr(LocalScriptRunner, "run", run_together)

    def visit(_: int) -> AppTest:
        together.wait(SECONDS_TO_START)
        return open_page(demo.workspace)

    with ThreadPoolExecutor(SESSIONS) as pool:
        seen = list(pool.map(visit, range(SESSIONS)))
    for dashboard in seen:
        assert_sound(dashboard)
        assert figures(dashboard) == figures(seen[0])
    assert len(asked) >= len(drawn) >= 2
    assert set(asked.values()) == {1}
    assert set(drawn.values()) == {1}


def test_a_heavy_report_is_begun_before_the_first_is_answered(
    demo: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun = Event()

    def begin(*given: Any, **more: Any) -> Answer:
        has_begun.set()
        return run_ranking(*given, **more)

    def wait(session: Any, name: str, *more: Any, **values: Any) -> Answer:
        if name == "overview":
            assert has_begun.wait(SECONDS_TO_START)
        return run_report(session, name, *more, **values)

    monkeypatch.setattr(star, "run_ranking", begin)
    monkeypatch.setattr(star, "run_report", wait)
    assert_sound(open_page(demo.workspace))


def test_an_error_of_a_report_that_was_begun_is_told_on_the_page(
    demo: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any, **more: Any) -> Answer:
        raise WarehouseError("the ranking is lost")

    monkeypatch.setattr(star, "run_ranking", fail)
    dashboard = open_page(demo.workspace)
    assert [error.value for error in dashboard.error] == ["the ranking is lost"]


def test_a_star_is_opened_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publish falls between the version's name and its opening."""
    workspace = build_of(tmp_path, play(0, "Undo", "Björk"))
    open_page(workspace)
    old = star._warehouse().version()
    build_of(tmp_path, *(play(item, "Undo", "Björk") for item in range(2)))
    star._open.clear()
    opened = star._open(old)
    assert opened.version == star._warehouse().version() != old
    rows = opened.session.query("select count(*) as plays from songplays", {})
    assert rows.to_pylist() == [{"plays": 2}]


def test_no_collection_goes_through_the_imported_modules() -> None:
    seen = (
        "import gc, altair, dashboard.cards; "
        "print(any(each is altair.Chart for each in gc.get_objects()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout == "False\n"
    assert "leaked" not in done.stderr
