"""What the tests share: the real data, bad data, stars, and a home of their own."""

import os
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sparkify.demo import generate
from sparkify.project import HOME, ROOT, cache_folder
from tests.support.archives import unpack
from tests.support.bad_data import BadSource, write_bad_source
from tests.support.shared import make_once, shared_folder
from tests.support.stars import build

if TYPE_CHECKING:
    from sparkify.rehearsal.redshift.postgres import Postgres

pytest_plugins = ("tests.support.report_stars",)

REAL_DATA = ROOT.parent / "shared" / "data" / "sparkify-2018-11.tar.xz"

# What a test needs that uses one of these fixtures.
NEEDS = {
    "chromium": pytest.mark.browser,
    "endpoint": pytest.mark.server,
    "postgres": pytest.mark.server,
    "real_source": pytest.mark.real,
    "server": pytest.mark.server,
    "served_demo": pytest.mark.server,
}
# Spark's jobs here are too short for the optimizing compiler and G1's threads.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
JVM_VARIABLES = ("SPARK_SUBMIT_OPTS", "SPARK_LAUNCHER_OPTS")
# The groups of tests that share something costly, the longest first: a group stays on
# one worker, and what takes longest must not begin last.
GROUPS = ("rehearsal", "redshift star", "spark", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what its fixtures need, and put the longest groups first."""
    for item in items:
        for name in getattr(item, "fixturenames", ()):
            if name in NEEDS:
                item.add_marker(NEEDS[name])
        if item.get_closest_marker("jvm") and not find_spec("pyspark"):
            item.add_marker(pytest.mark.skip("needs pyspark: a Python before 3.14"))
    items.sort(key=_turn)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop where groups are not kept together: then costly fixtures are made twice."""
    is_expected = getattr(session.config.option, "loadgroup", False)
    for item in session.items:
        is_grouped = item.get_closest_marker("xdist_group") is not None
        if is_expected and is_grouped and "@" not in item.nodeid:
            raise pytest.UsageError("pytest-xdist does not group tests; run make setup")


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    name = group.args[0] if group else ""
    return GROUPS.index(name) if name in GROUPS else len(GROUPS)


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep relative workspaces away from the project's own."""
    folder = tmp_path_factory.mktemp("home")
    os.environ[HOME] = str(folder)
    yield folder
    del os.environ[HOME]


@pytest.fixture(autouse=True, scope="session")
def short_jvms() -> Iterator[None]:
    """Let each JVM of a Spark job start fast; a job then takes half the CPU time."""
    with pytest.MonkeyPatch.context() as patch:
        for name in JVM_VARIABLES:
            patch.setenv(name, f"{os.environ.get(name, '')} {JVM}".strip())
        yield


@pytest.fixture(autouse=True, scope="session")
def shared_service_models() -> Iterator[None]:
    """Let all boto3 sessions share what was read of AWS's service models."""
    if not find_spec("botocore"):
        yield
        return
    import botocore.session

    with pytest.MonkeyPatch.context() as patch:
        loader = cache(botocore.session.create_loader)
        patch.setattr(botocore.session, "create_loader", loader)
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what all workers share."""
    return shared_folder(tmp_path_factory)


@pytest.fixture(scope="session")
def real_source() -> Path:
    """Return the company's own data, unpacked once for all test runs."""
    if not REAL_DATA.is_file():
        pytest.skip("needs the real data, ../shared/data")
    folder = cache_folder() / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"real-{sha256(REAL_DATA.read_bytes()).hexdigest()[:16]}"

    return make_once(folder, name, lambda folder: unpack(REAL_DATA, folder))


@pytest.fixture(scope="session")
def demo_source(shared: Path) -> Path:
    """Return a small source of demo data."""

    def write(folder: Path) -> None:
        generate(folder, events=3_000, songs=400, seed=5)

    return make_once(shared, "demo-source", write)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Postgres]":
    """Yield a PostgreSQL for one emulator of Redshift after the other."""
    from sparkify.rehearsal.redshift.postgres import Postgres

    with Postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def wheels(shared: Path) -> Path:
    """Return the folder of what EMR's nodes install, fetched once."""
    from sparkify.aws.artefacts import fetch_wheels

    return make_once(shared, "wheels", fetch_wheels)


@pytest.fixture(scope="session")
def bad_source(tmp_path_factory: pytest.TempPathFactory) -> BadSource:
    """Return two folders with a bad line of each kind between good ones."""
    return write_bad_source(tmp_path_factory.mktemp("bad"))


@pytest.fixture(scope="session")
def real_workspace(shared: Path, real_source: Path) -> Path:
    """Return a workspace with the star of the real data, to be read only."""
    return make_once(shared, "real-star", lambda folder: build(real_source, folder))


@pytest.fixture(scope="session")
def demo_workspace(shared: Path, demo_source: Path) -> Path:
    """Return a workspace with the star of the demo data, to be read only."""
    return make_once(shared, "demo-star", lambda folder: build(demo_source, folder))
