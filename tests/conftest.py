"""What the tests share: the real data, bad data, a home of their own."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkify.project import HOME, ROOT
from tests.bad_data import BadSource, write_bad_source

REAL_DATA = ROOT.parent / "shared" / "data" / "sparkify-2018-11.tar.xz"


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keeps relative workspaces away from the project's own."""
    folder = tmp_path_factory.mktemp("home")
    os.environ[HOME] = str(folder)
    yield folder
    del os.environ[HOME]


@pytest.fixture(scope="session")
def real_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's own data, unpacked."""
    if not REAL_DATA.is_file():
        pytest.skip("needs the real data, ../shared/data")
    folder = tmp_path_factory.mktemp("real")
    with tarfile.open(REAL_DATA) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def bad_source(tmp_path_factory: pytest.TempPathFactory) -> BadSource:
    """Two folders with a bad line of each kind between good ones."""
    return write_bad_source(tmp_path_factory.mktemp("bad"))
