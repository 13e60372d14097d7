"""The notebooks run by themselves, give what is committed and follow one form."""

import ast
import os
import re
import subprocess
import sys
from ast import literal_eval
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from sparkify.evidence.scrub import scrub
from sparkify.params import PARAMETERS
from sparkify.project import HOME, NOTEBOOKS, ROOT
from sparkify.runs.chain import STEPS

pytestmark = pytest.mark.kernel

ALL = ("00_start", *STEPS, "99_teardown")


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
        is_answer = re.search(r"^display\.(?!begin)", cell.source, re.MULTILINE)
        assert bool(cell.outputs) == bool(is_answer)
        assert all("text/html" in o.data or "image/png" in o.data for o in cell.outputs)


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_reveals_nothing_about_the_machine(name: str) -> None:
    text = (NOTEBOOKS / f"{name}.ipynb").read_text()
    for word in (str(ROOT), str(Path.home()), "/tmp/", "ipykernel_", '"execution":'):
        assert word not in text
    assert not re.search(r"Took [\d.]+ s|\d{8}T\d{6}", text)


@pytest.mark.parametrize("name", ALL)
def test_a_committed_notebook_is_scrubbed(name: str) -> None:
    text = (NOTEBOOKS / f"{name}.ipynb").read_text()
    assert scrub(text) == text


@pytest.mark.parametrize("name", ALL)
def test_parameters_are_literals_with_the_defaults_of_the_local_profile(
    name: str,
) -> None:
    (cell,) = (
        cell for cell in code(name) if "parameters" in cell.metadata.get("tags", ())
    )
    found = papermill.inspect_notebook(str(NOTEBOOKS / f"{name}.ipynb"))
    assert len(found) == len(re.findall(r"^\w", cell.source, re.MULTILINE))
    for key, entry in found.items():
        default = PARAMETERS[key].default
        assert literal_eval(entry["default"]) == default
        assert entry["inferred_type_name"] == type(default).__name__
        assert entry["help"], f"{key} has no word of explanation"


@pytest.mark.parametrize("name", ALL)
def test_the_comment_of_a_parameter_names_each_choice(name: str) -> None:
    found = papermill.inspect_notebook(str(NOTEBOOKS / f"{name}.ipynb"))
    for key, entry in found.items():
        words = re.findall(r"\w+", entry["help"])
        assert {*PARAMETERS[key].choices} <= {*words}, key


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
        assert len(cell.source.splitlines()) <= (30 if is_long else 12)
    assert cells[-1].cell_type == "markdown"


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_links_to_those_before_and_after_it(name: str) -> None:
    title = read(name).cells[0].source
    found = re.findall(r"\]\((\w+)\.ipynb\)", title)
    place = ALL.index(name)
    near = ALL[max(place - 1, 0) : place + 2]
    assert set(found) >= {other for other in near if other != name}
    assert set(found) <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_the_parameters_are_checked_before_all_else(name: str) -> None:
    first, second, *_ = code(name)
    assert "parameters" in first.metadata["tags"]
    assert "display.begin(globals())" in second.source
    calls = [
        node
        for node in ast.walk(ast.parse(second.source))
        if isinstance(node, ast.Call)
    ]
    earliest = min(calls, key=lambda call: call.lineno)
    assert ast.unparse(earliest) == "display.begin(globals())"


@pytest.mark.parametrize(
    ("name", "pictures", "drawings"),
    [
        ("00_start", 0, 1),
        ("01_provision", 1, 0),
        ("02_create_schema", 0, 1),
        ("03_flatten", 1, 0),
        ("05_transform", 1, 0),
        ("06_listening", 7, 0),
    ],
)
def test_every_chart_and_drawing_has_a_picture(
    name: str, pictures: int, drawings: int
) -> None:
    outputs = [output.data for cell in code(name) for output in cell.outputs]
    charts = [data for data in outputs if "application/vnd.vegalite.v5+json" in data]
    drawn = [data for data in outputs if "image/svg+xml" in data]
    assert (len(charts), len(drawn)) == (pictures, drawings)
    assert all("image/png" in data for data in (*charts, *drawn))


def run_alone(
    folder: Path, name: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Execute one notebook by papermill, in a folder that is its home too."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "papermill", str(NOTEBOOKS / f"{name}.ipynb")),
            *("out.ipynb", "--no-progress-bar", *arguments),
        ],
        cwd=folder,
        env={**os.environ, HOME: str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("03_flatten", ["-p", "sourc", "/real"], "did you mean 'source'?"),
        ("01_provision", ["-p", "demo_events", "many"], "must be a whole number"),
        (
            "01_provision",
            ["-p", "schema", "public"],
            "a schema that holds nothing else",
        ),
        ("06_listening", ["-r", "top", "5"], "papermill reads it with -p"),
        ("04_load", ["-p", "memory_limit", "4"], "passes it as text with -r"),
        ("02_create_schema", ["-y", "{warehuose: duckdb}"], "did you mean 'warehouse'"),
        ("00_start", ["-b", "d29ya3NwYXM6IHg="], "did you mean 'workspace'?"),
        *(
            ("99_teardown", ["-p", "apply", word], "must be true or false, not")
            for word in ("no", "off", "0", "None")
        ),
        ("99_teardown", ["-r", "apply", "no"], "must be true or false, not 'no'"),
    ],
)
def test_papermill_alone_refuses_a_wrong_parameter(
    name: str, arguments: list[str], message: str, tmp_path: Path
) -> None:
    kept = tmp_path / "workspace" / "lock"
    kept.parent.mkdir()
    kept.touch()
    done = run_alone(tmp_path, name, *arguments)
    assert done.returncode != 0
    assert "ParameterError: parameter" in done.stderr
    assert message in done.stderr
    assert list(kept.parent.iterdir()) == [kept]


def test_the_first_step_refuses_a_load_that_cannot_work(tmp_path: Path) -> None:
    done = run_alone(tmp_path, "01_provision", "-p", "load", "connector")
    assert done.returncode != 0
    assert "ParameterError: load 'connector' cannot go with engine 'duck" in done.stderr
    assert not (tmp_path / "workspace").exists()


@pytest.mark.parametrize(
    "arguments",
    [["-r", "apply", "false"], ["-y", "apply: no"], ["-b", "YXBwbHk6IG9mZg=="]],
)
def test_papermill_alone_takes_a_switch_in_each_way(
    arguments: list[str], tmp_path: Path
) -> None:
    kept = tmp_path / "workspace" / "lock"
    kept.parent.mkdir()
    kept.touch()
    done = run_alone(tmp_path, "99_teardown", *arguments)
    assert done.returncode == 0, done.stderr
    assert kept.is_file()


def test_an_error_of_ours_is_one_line_with_its_traceback_folded(tmp_path: Path) -> None:
    done = run_alone(tmp_path, "04_load")
    assert "FlattenError: there is no flattened data to load; run 03_flatten" in (
        done.stderr
    )
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    outputs = [output for cell in executed.cells for output in cell.get("outputs", ())]
    (error,) = (each for each in outputs if each.output_type == "error")
    assert len(error.traceback) == 1
    folded = [each.data.get("text/html", "") for each in outputs if "data" in each]
    assert any("<details>" in html and "Traceback" in html for html in folded)


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
