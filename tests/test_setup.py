"""`scripts/setup` takes a Python that fits, and says so before it installs anything.

The Pythons are scripts that note what they are asked to do: a real one would install
hundreds of megabytes.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from sparkify.project import ROOT

TOOLS = [
    "sh",
    "cat",
    "cksum",
    "cut",
    "date",
    "dirname",
    "du",
    "grep",
    "ls",
    "mkdir",
    "cp",
    "rm",
]
LOCKS = ("requirements.lock", "requirements-run.lock", "requirements-spark.lock")
PYTHON = """#!/bin/sh
case "$1 $2" in
-c*) echo {version}; exit {status} ;;
"-m venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python; echo >.venv/pyvenv.cfg ;;
esac
echo "{version} $*" >>asked
"""
UV = """#!/bin/sh
echo "uv $*" >>asked
mkdir -p .venv/bin
cp python-of-uv .venv/bin/python
echo >.venv/pyvenv.cfg
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(path: Path, version: str, *, fits: bool = True) -> Path:
    return write(path, PYTHON.format(version=version, status=0 if fits else 1))


@dataclass(frozen=True)
class Clone:
    """A folder with the script and the locks, on a machine with few programs."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder.parent / "bin"

    def setup(
        self, kind: str = "run", **given: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "scripts/setup", kind],
            cwd=self.folder,
            env={"PATH": str(self.programs), **given},
            capture_output=True,
            text=True,
        )

    @property
    def asked(self) -> list[str]:
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "clone")
    (made.folder / "scripts").mkdir(parents=True)
    for name in ("scripts/setup", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, made.folder / name)
    made.programs.mkdir()
    for name in TOOLS:
        (made.programs / name).symlink_to(str(shutil.which(name)))
    return made


def test_a_run_installs_the_lock_of_a_run_alone_and_says_how_big_it_is(
    clone: Clone,
) -> None:
    python(clone.programs / "python3.12", "3.12")
    done = clone.setup()
    assert done.returncode == 0, done.stderr
    count = (ROOT / "requirements-run.lock").read_text().count("==")
    assert "MB on the" in done.stdout
    assert "done after" in done.stdout
    assert count > int(done.stdout.split("about ")[1].split(" ")[0]) > 100
    asked = " ".join(clone.asked)
    assert "--require-hashes -r requirements-run.lock" in asked
    assert "requirements.lock" not in asked


def test_all_is_compiled_at_once_where_python_may_not_keep_what_it_compiles(
    clone: Clone,
) -> None:
    python(clone.programs / "python3.12", "3.12")
    clone.setup()
    assert not any("compileall" in each for each in clone.asked)
    clone.setup("dev", PYTHONDONTWRITEBYTECODE="1")
    assert sum("compileall" in each for each in clone.asked) == 1


def test_what_is_installed_is_not_installed_again(clone: Clone) -> None:
    python(clone.programs / "python3.12", "3.12")
    clone.setup()
    before = clone.asked
    assert clone.setup().stdout == ""
    assert clone.asked == before
    clone.setup("dev")
    assert any("requirements.lock" in each for each in clone.asked)
    before = clone.asked
    for kind in ("run", "spark", "dev"):
        assert clone.setup(kind).stdout == ""
    assert clone.asked == before
    (clone.folder / "requirements-run.lock").write_text("another==1\n")
    (clone.folder / "requirements.lock").write_text("another==1\n")
    clone.setup()
    assert len(clone.asked) > len(before)


def test_a_python_that_does_not_fit_is_refused_before_anything_is_made(
    clone: Clone,
) -> None:
    old = python(clone.programs / "python3.9", "3.9", fits=False)
    for given, words in (
        ({"PYTHON": str(old)}, "is 3.9; name one of 3.11 to 3.14"),
        ({"PYTHON": "/no/python"}, "is no Python; name one of"),
        ({}, "no Python 3.11 to 3.14 here"),
    ):
        refused = clone.setup(**given)
        assert refused.returncode == 1
        assert words in refused.stderr
    assert clone.asked == []
    assert not (clone.folder / ".venv").exists()


def test_an_older_python_than_the_newest_is_preferred_for_spark(clone: Clone) -> None:
    python(clone.programs / "python3", "3.14")
    python(clone.programs / "python3.13", "3.13")
    clone.setup("spark")
    assert {each.split(" ")[0] for each in clone.asked} == {"3.13"}
    assert any("requirements-spark.lock" in each for each in clone.asked)


def test_uv_gets_a_python_where_the_machine_has_only_another(clone: Clone) -> None:
    python(clone.programs / "python3", "3.15", fits=False)
    python(clone.folder / "python-of-uv", "3.13")
    write(clone.programs / "uv", UV)
    done = clone.setup()
    assert done.returncode == 0, done.stderr
    assert clone.asked[0] == "uv venv --quiet --seed --python 3.13 .venv"
    assert {each.split(" ")[0] for each in clone.asked[1:]} == {"3.13"}


@pytest.mark.parametrize("fits", [True, False])
def test_an_environment_of_another_python_is_made_anew(
    clone: Clone, fits: bool
) -> None:
    own = python(clone.folder / ".venv" / "bin" / "python", "3.10", fits=fits)
    (clone.folder / ".venv" / "pyvenv.cfg").touch()
    wanted = python(clone.programs / "python3.12", "3.12")
    done = clone.setup(PYTHON=str(wanted))
    assert ".venv has Python 3.10, so it is made anew" in done.stdout
    assert " echo 3.12;" in own.read_text()
    assert clone.asked[0] == "3.12 -m venv .venv"


def test_an_environment_that_fits_is_kept(clone: Clone) -> None:
    python(clone.folder / ".venv" / "bin" / "python", "3.11")
    (clone.folder / ".venv" / "pyvenv.cfg").touch()
    python(clone.programs / "python3.13", "3.13")
    assert clone.setup().returncode == 0
    assert {each.split(" ")[0] for each in clone.asked} == {"3.11"}


def test_a_folder_of_something_else_is_not_removed(clone: Clone) -> None:
    python(clone.programs / "python3.13", "3.13")
    thesis = write(clone.folder / ".venv" / "thesis.txt", "draft")
    refused = clone.setup()
    assert refused.returncode == 1
    assert "no environment of Python" in refused.stderr
    assert thesis.read_text() == "draft"
