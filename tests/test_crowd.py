"""Many look at once, and each one sees the numbers of their own filters."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from sparkify.reports.report import Filters
from tests.dashboards import Shown, demo_workspace, served, shown

SESSIONS = 20
STEPS = 3
SECONDS_TO_ANSWER = 60
WEEK = timedelta(days=7)
FIRST_DAY = date(2018, 10, 1)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with shown(demo_workspace(tmp_path_factory.mktemp("crowd"))) as found:
        yield found


@pytest.fixture(scope="module")
def address(demo: Shown) -> Iterator[str]:
    with served(demo.workspace) as address:
        yield address


@dataclass
class Visitor:
    """A session as a browser has it, without the browser.

    Attributes:
        line: The open connection.
        figures: The values of the page's figures, by their names.
        buttons: The ids of the page's buttons, by their labels.
        errors: What went wrong.
    """

    line: ClientConnection
    figures: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def open(self, query: str) -> None:
        """Opens the overview by its link."""
        message = BackMsg()
        message.rerun_script.query_string = query
        self._turn(message)

    def press(self, label: str) -> None:
        """Presses a button."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.buttons[label], True
        self._turn(message)

    def _turn(self, message: BackMsg) -> None:
        self.figures.clear()
        self.line.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self.line.recv(SECONDS_TO_ANSWER, decode=False))
            if answer.WhichOneof("type") == "script_finished":
                return
            self._note(answer.delta.new_element)

    def _note(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "metric":
            self.figures[element.metric.label] = element.metric.body
        elif kind == "button":
            self.buttons[element.button.label] = element.button.id
        elif kind == "exception":
            self.errors.append(element.exception.message)


def test_each_of_many_sees_the_numbers_of_their_own_filters(
    demo: Shown, address: str
) -> None:
    together = Barrier(SESSIONS)

    def visit(number: int) -> list[tuple[str, str]]:
        """Opens a week of one's own and steps back; gives plays seen and counted."""
        start = FIRST_DAY + timedelta(days=number)
        level = ("all", "paid", "free")[number % 3]
        query = f"period=Custom&from={start}&to={start + WEEK - timedelta(days=1)}"
        seen = []
        url = address.replace("http", "ws") + "/_stcore/stream"
        with connect(url, max_size=None) as line:
            visitor = Visitor(line)
            together.wait(SECONDS_TO_ANSWER)
            for step in range(STEPS + 1):
                if step:
                    visitor.press("Earlier")
                else:
                    visitor.open(f"{query}&level={level.title()}")
                assert not visitor.errors
                days = Filters(start - step * WEEK, start - step * WEEK + WEEK, level)
                plays = f"{len(demo.star.plays(days)):,}"
                seen.append((visitor.figures.get("Plays", "0"), plays))
        return seen

    with ThreadPoolExecutor(SESSIONS) as pool:
        visits = list(pool.map(visit, range(SESSIONS)))
    for seen in visits:
        assert [ours for ours, _ in seen] == [theirs for _, theirs in seen]
    assert len({plays for seen in visits for plays, _ in seen}) > SESSIONS
    log = next(Path(demo.workspace).parent.glob("served-*.log")).read_text()
    assert "Traceback" not in log
    assert "Error" not in log
