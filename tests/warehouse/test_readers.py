"""Who asks during runs always gets an answer, and each answer is of one version."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
import streamlit as st

from sparkify.reports.report import Filters, data_period
from tests.support.project import wait_until
from tests.support.records import play, song, write_source

RUNS = 6  # every other one reads all
SECONDS_BETWEEN = 0.05
RUN = """
import sys
from pathlib import Path
from tests.support.stars import build
build(Path(sys.argv[1]), Path(sys.argv[2]), full=sys.argv[3] == "full")
"""
# Each line that it prints is an answer: the plays by three tables of one version.
READER = """
import json, sys
from time import sleep
from sparkify.warehouse import open_star
queries = (
    "select count(*) as plays from songplays",
    "select cast(sum(plays) as bigint) as plays from session_days",
    "select rows_staged as plays from etl_runs where step = 'transform' "
    "order by run_id desc limit 1",
)
while True:
    with open_star(sys.argv[1]) as session:
        answer = []
        for query in queries:
            answer.append(session.query(query, {}).to_pylist()[0]["plays"])
            sleep(float(sys.argv[2]) / len(queries))  # in which a run may publish
    print(json.dumps(answer), flush=True)
"""
Answer = tuple[int, ...]


@dataclass
class Dashboard:
    """A thread that reads as the dashboard's pages do.

    Attributes:
        answers: The plays by three tables, as each visit saw them.
        errors: What went wrong.
    """

    answers: list[Answer] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def visit(self) -> None:
        try:
            while not self.ended.wait(SECONDS_BETWEEN):
                self.answers.append(ask_dashboard())
        except Exception as error:
            self.errors.append(error)


def ask_dashboard() -> Answer:
    from dashboard.star import one_version, report

    with one_version():
        period = data_period(report("data_range"))
        overview = report("overview", Filters(period.start, period.end)).rows
        star = report("star_rows").rows.set_index("table_name")["row_count"]
        steps = report("runs", top=6).rows
    told = steps[steps["step"] == "transform"]["rows_staged"].iloc[0]
    return int(star["songplays"]), int(overview["plays"].iloc[0]), int(told)


@pytest.fixture
def dashboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    """Yield a dashboard of the workspace, whose caches are its own."""
    workspace = f"workspace={tmp_path / 'workspace'}"
    monkeypatch.setattr(sys, "argv", ["app.py", "params/local.yaml", workspace])
    st.cache_data.clear()
    st.cache_resource.clear()
    yield Dashboard()
    st.cache_data.clear()
    st.cache_resource.clear()


def run(source: Path, workspace: Path, number: int) -> int:
    """Add a log, and run in another process; return the plays of all logs.

    Each log has one play more than the last: no two versions have as many.
    """
    plays = [play(item, "Undo", "Björk", sessionId=number) for item in range(number)]
    path = source / "log_data" / f"{number}.json"
    path.write_text("\n".join(map(json.dumps, plays)))
    how = "full" if number % 2 else "new"
    command = [sys.executable, "-c", RUN, str(source), str(workspace), how]
    subprocess.run(command, check=True)
    return 1 + number * (number + 1) // 2  # with the first play of all


def test_readers_get_no_error_and_no_mixture_during_runs(
    tmp_path: Path, dashboard: Dashboard
) -> None:
    workspace = tmp_path / "workspace"
    first = play(0, "Undo", "Björk", sessionId=1_000)
    undo = song("SO1", "Undo", "Björk", "AR1")
    source = write_source(tmp_path / "source", [first], [undo])
    published = [run(source, workspace, 1)]
    answers = tmp_path / "answers"
    command = [sys.executable, "-c", READER, str(workspace), str(SECONDS_BETWEEN)]
    thread = Thread(target=dashboard.visit)
    with answers.open("w") as file:
        reader = subprocess.Popen(
            command, stdout=file, stderr=subprocess.PIPE, text=True
        )
    thread.start()

    def have_seen_the_last() -> bool:
        seen = answers.read_text().splitlines()[-1:] == [
            json.dumps([published[-1]] * 3)
        ]
        is_over = reader.poll() is not None or bool(dashboard.errors)
        return is_over or (seen and dashboard.answers[-1:] == [(published[-1],) * 3])

    try:
        for number in range(2, 2 + RUNS):
            wait_until(have_seen_the_last)
            published.append(run(source, workspace, number))
        wait_until(have_seen_the_last)
    finally:
        status = reader.poll()
        reader.kill()
        _, error = reader.communicate()
        dashboard.ended.set()
        thread.join()
    assert status is None, error
    assert dashboard.errors == []
    read = [tuple(json.loads(line)) for line in answers.read_text().splitlines()]
    for found in (read, dashboard.answers):
        assert list(dict.fromkeys(found)) == [(plays,) * 3 for plays in published]
