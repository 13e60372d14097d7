"""The notebooks run by themselves, give what is committed and follow one form."""

import os
import subprocess
import sys
from ast import literal_eval
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from sparkify.params import PARAMETERS
from sparkify.project import HOME, NOTEBOOKS, ROOT
from sparkify.runs.chain import STEPS

pytestmark = pytest.mark.kernel

ALL = (*STEPS, "99_teardown")


def read(name: str) -> Any:
    return nbformat.read(  # type: ignore[no-untyped-call]
        NOTEBOOKS / f"{name}.ipynb", as_version=4
    )


def code(name: str) -> list[Any]:
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def test_there_is_a_notebook_for_each_step() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == set(ALL)


def test_a_fresh_run_gives_the_committed_outputs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-q", "notebooks"],
        cwd=ROOT,
        env={**os.environ, HOME: str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cells = sum(len(code(name)) for name in ALL)
    assert f"{cells} passed" in done.stdout


@pytest.mark.parametrize("name", ALL)
def test_a_cell_has_outputs_exactly_if_it_shows_something(name: str) -> None:
    for cell in code(name):
        assert cell.execution_count is not None
        is_answer = cell.source.splitlines()[-1].startswith(("display.", "print("))
        assert bool(cell.outputs) == is_answer


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_reveals_nothing_about_the_machine(name: str) -> None:
    text = (NOTEBOOKS / f"{name}.ipynb").read_text()
    for word in (str(ROOT), str(Path.home()), "/tmp/", "ipykernel_", '"execution":'):
        assert word not in text


@pytest.mark.parametrize("name", ALL)
def test_parameters_are_literals_with_the_defaults_of_the_local_profile(
    name: str,
) -> None:
    (cell,) = (
        cell for cell in code(name) if "parameters" in cell.metadata.get("tags", ())
    )
    found = papermill.inspect_notebook(str(NOTEBOOKS / f"{name}.ipynb"))
    assert len(found) == len(cell.source.splitlines())
    for key, entry in found.items():
        assert literal_eval(entry["default"]) == PARAMETERS[key].default
        assert entry["help"], f"{key} has no word of explanation"


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_follows_the_template(name: str) -> None:
    cells = read(name).cells
    title = cells[0].source
    assert title.startswith(f"# {name[:2]} · ")
    assert all(word in title for word in ("**Question.**", "**Reads**", "**Writes**"))
    assert len(code(name)) <= 20
    for cell in code(name):
        assert "def " not in cell.source
        is_long = cell.source.startswith("settings = ") or "tags" in cell.metadata
        assert len(cell.source.splitlines()) <= (24 if is_long else 12)
    assert cells[-1].cell_type == "markdown"


def test_every_chart_has_a_picture() -> None:
    outputs = [output for cell in code("06_listening") for output in cell.outputs]
    charts = [output.data for output in outputs if "image/png" in output.data]
    assert len(charts) == 4
    assert all("application/vnd.vegalite.v5+json" in data for data in charts)


def test_papermill_runs_each_notebook_from_any_folder(tmp_path: Path) -> None:
    for name in ALL:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "papermill", str(NOTEBOOKS / f"{name}.ipynb")),
                *(f"{name}.out.ipynb", "-f", str(ROOT / "params" / "local.yaml")),
                *("-p", "demo_events", "500", "-p", "demo_songs", "100"),
            ],
            cwd=tmp_path,
            env={**os.environ, HOME: str(tmp_path / "home")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "home" / "workspace" / "warehouse" / "current").is_file()
