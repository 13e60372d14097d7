"""Wherever the dashboard is started, it listens on this machine and sends nothing."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.sync.client import connect

from sparkify.project import ROOT
from tests.support.dashboards import APP, served
from tests.support.visitors import Visitor

pytestmark = pytest.mark.server

LOOPBACK = {"127.0.0.1", "::1"}


def test_a_dashboard_started_elsewhere_listens_on_this_machine_alone(
    demo_workspace: Path, tmp_path: Path
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    bare = {key: os.environ[key] for key in os.environ if "STREAMLIT" not in key}
    environment = {**bare, "HOME": str(home)}
    with served(
        demo_workspace, tmp_path, start=elsewhere, environment=environment
    ) as address:
        port = urlsplit(address).port
        listening = {
            each.laddr.ip
            for each in psutil.net_connections("tcp")
            if each.laddr
            and each.laddr.port == port
            and each.status == psutil.CONN_LISTEN
        }
        url = address.replace("http", "ws") + "/_stcore/stream"
        with connect(url, max_size=None) as line:
            visitor = Visitor(line)
            visitor.open("")
    assert listening
    assert listening <= LOOPBACK
    assert visitor.figures["Plays"]
    assert visitor.sends_statistics is False


def test_there_is_one_configuration_and_it_stands_beside_the_script() -> None:
    hidden = {".venv", ".git"}
    found = [
        path
        for path in ROOT.rglob(".streamlit/config.toml")
        if not hidden & set(path.relative_to(ROOT).parts)
    ]
    assert found == [APP.parent / ".streamlit" / "config.toml"]
