"""The dashboard as the tests open it: in this process, or served to a browser."""

import gc
import json
import os
import re
import socket
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard.text import JOINER
from sparkify.project import ROOT
from sparkify.warehouse import open_star
from tests.support.records import Record, song, write_source
from tests.support.report_stars import ReportStar, read_star
from tests.support.stars import build

APP = ROOT / "dashboard" / "app.py"
FOLDER = APP.with_name("views")
PAGES = (
    "overview",
    "songs",
    "artists",
    "when",
    "listeners",
    "sessions",
    "places",
    "health",
)
BY_LINK = ("song", "artist")  # whose link names what they show
EVERY_PAGE = (*PAGES, *BY_LINK)
# A song that is played most, or one of the catalogue if nothing is played.
MOST_PLAYED = """
select song_names.title, song_names.artist
from song_names
left join songplays on song_names.song_id = songplays.song_id
group by song_names.title, song_names.artist
order by count(songplays.song_id) desc, song_names.title, song_names.artist
limit 1
"""
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Shown:
    """A star that the dashboard shows, and its raw rows in pandas."""

    workspace: Path
    star: ReportStar


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what another test opened or queried; run pages as the server does."""
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    settings = tomllib.loads((APP.parent / ".streamlit/config.toml").read_text())
    for name, value in settings["runner"].items():
        config.set_option(f"runner.{name}", value)
    _clear()
    yield
    _clear()


def _clear() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    with warnings.catch_warnings():
        # The session that all viewers share is open until the server ends.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def assert_sound(dashboard: AppTest) -> None:
    """Make sure that a page has a title, all filters and nothing that went wrong."""
    assert [each.message for each in dashboard.exception] == []
    assert [each.value for each in dashboard.error] == []
    assert len(dashboard.title) == 1
    assert {box.key for box in dashboard.selectbox} >= {
        *("compare", "metro", "device", "zone")
    }


def figures(dashboard: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in dashboard.metric}


def text(dashboard: AppTest) -> str:
    """Return the words of a page as they are shown, without Markdown's marks."""
    parts = [*dashboard.caption, *dashboard.info, *dashboard.error, *dashboard.markdown]
    lines = "\n".join(str(part.value) for part in parts)
    return re.sub(r"\\(?=\W)", "", lines.replace(JOINER, ""))


def charted(dashboard: AppTest, question: str) -> tuple[str, pd.DataFrame]:
    """Return what the chart of a question says, and the rows that it draws."""
    for each in dashboard.get("vega_lite_chart"):
        spec = json.loads(each.proto.spec)
        if spec["description"].startswith(question):
            data = {one.name: one.data.data for one in each.proto.datasets}
            rows = pa.ipc.open_stream(data[spec["data"]["name"]]).read_pandas()
            return spec["description"], rows
    raise AssertionError(f"no chart asks: {question}")


def menus(dashboard: AppTest) -> list[str]:
    """Return the keys of the menus that hold the evidence of an answer."""
    ids = [block.proto.id for block in dashboard.get("popover")]
    return [each.split("-", 2)[2] for each in ids if each.endswith("-evidence")]


def open_page(workspace: Path, page: str = PAGES[0], **query: Any) -> AppTest:
    """Open a page by its link.

    Args:
        workspace: The folder with the star.
        page: One of `EVERY_PAGE`; those by link show what is played most, unless
            the link names another.
        query: What the link says of the filters; a sequence is a range of days.
    """
    sys.argv = ["app", "params/local.yaml", f"workspace={workspace}"]
    dashboard = AppTest.from_file(APP, default_timeout=60)
    dashboard.query_params |= names_of(page, workspace) | query
    dashboard.run()
    return dashboard if page == PAGES[0] else turn_to(dashboard, page)


def turn_to(dashboard: AppTest, page: str) -> AppTest:
    """Open another page of an open dashboard."""
    return dashboard.switch_page(f"{FOLDER.name}/{page}.py").run()


def names_of(page: str, workspace: Path) -> dict[str, str]:
    """Return what the link of a page names: what is played most, or nothing."""
    if page not in BY_LINK or not (workspace / "warehouse").is_dir():
        return {}
    with open_star(str(workspace)) as session:
        (names,) = session.query(MOST_PLAYED, {}).to_pylist()
    return names if page == "song" else {"artist": names["artist"]}


def link_to(page: str, address: str, workspace: Path) -> str:
    """Return the address of one of `EVERY_PAGE` at a server, with what it names."""
    names = names_of(page, workspace)
    query = f"?{urlencode(names)}" if names else ""
    return f"{address}/{'' if page == PAGES[0] else page}{query}"


def days(first: date, last: date) -> dict[str, Any]:
    """Return what a link says of the days from one to another."""
    return {"period": "Custom", "days": [str(first), str(last)]}


def build_of(folder: Path, *plays: Record) -> Path:
    """Build a star of a few plays; its catalogue holds one song, Björk's Undo."""
    number = len(list(folder.glob("source-*")))
    catalogue = [song("SO1", "Undo", "Björk", "AR1")]
    source = write_source(folder / f"source-{number}", plays, catalogue)
    build(source, folder / "workspace")
    return folder / "workspace"


@contextmanager
def served(
    workspace: Path,
    folder: Path | None = None,
    *,
    start: Path = ROOT,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[str]:
    """Serve the dashboard; yield its address.

    Args:
        workspace: The folder with the star.
        folder: The folder for the server's log; that around the workspace if None.
        start: The folder in which the server is started.
        environment: The server's environment variables.
    """
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    log = (folder or workspace.parent) / f"served-{port}.log"
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(APP)),
        *("--server.port", str(port), "--"),
        *("params/local.yaml", f"workspace={workspace}"),
    ]
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=start, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            address = f"http://localhost:{port}"
            _wait_for(server, address, log)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = monotonic() + SECONDS_TO_START
    while monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (URLError, OSError):
            sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def served_demo(demo_workspace: Path) -> Iterator[str]:
    """Yield the address of a dashboard on the demo star."""
    with served(demo_workspace) as address:
        yield address


@pytest.fixture(scope="session")
def demo(demo_workspace: Path) -> Iterator[Shown]:
    """Yield the demo star, as the dashboard shows it."""
    with open_star(str(demo_workspace)) as session:
        yield Shown(demo_workspace, read_star(session))


@pytest.fixture(scope="session")
def real(real_workspace: Path) -> Iterator[Shown]:
    """Yield the real star, as the dashboard shows it."""
    with open_star(str(real_workspace)) as session:
        yield Shown(real_workspace, read_star(session))


@pytest.fixture(params=["demo", "real"])
def either(request: pytest.FixtureRequest) -> Shown:
    """Return one star after the other."""
    found: Shown = request.getfixturevalue(request.param)
    return found
