"""A project of demo data."""

from pathlib import Path

import pytest

from sparkify.demo import generate
from tests.support.project import Project


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "source"
    generate(folder, events=2_000, songs=300, seed=3)
    return folder


@pytest.fixture
def project(source: Path, tmp_path: Path) -> Project:
    return Project(source, tmp_path)
