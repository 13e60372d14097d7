"""Many look at once, and each one sees the numbers of their own filters."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

from websockets.sync.client import connect

from sparkify.reports.report import Filters
from tests.support.dashboards import Shown
from tests.support.visitors import SECONDS_TO_ANSWER, Visitor

SESSIONS = 20
STEPS = 1
WEEK = timedelta(days=7)
FIRST_DAY = date(2018, 10, 1)


def test_each_of_many_visitors_sees_the_numbers_of_their_own_filters(
    demo: Shown, served_demo: str
) -> None:
    together = Barrier(SESSIONS)

    def visit(number: int) -> list[tuple[str, str]]:
        """Open a custom week and step back; return the plays seen and counted."""
        start = FIRST_DAY + timedelta(days=number)
        level = ("all", "paid", "free")[number % 3]
        query = f"period=Custom&days={start}&days={start + WEEK - timedelta(days=1)}"
        seen = []
        url = served_demo.replace("http", "ws") + "/_stcore/stream"
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
