"""A run draws the charts of its notebooks, as their kernels would have."""

import json
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from sparkify import pictures as pictures_of_runs
from sparkify.pictures import DRAWN_LATER, IS_SET, PNG, VEGA_LITE
from sparkify.runs import notebook
from sparkify.runs.run import Run

pytestmark = pytest.mark.kernel
CHART = """
import altair as alt
from sparkify.evidence.render import Picture
bars = alt.Chart({"values": [{"plays": 3}]}, description="three").mark_bar()
Picture(bars.encode(x="plays:Q"))
"""
PNG_BEGINS = "iVBOR"  # in base64
KERNEL = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(notebook, "NOTEBOOKS", tmp_path)
    run = Run("run", tmp_path / "run", {}, [])
    run.folder.mkdir()
    return run


def write(name: str, *cells: str) -> None:
    code = [new_code_cell(cell) for cell in cells]  # type: ignore[no-untyped-call]
    made = new_notebook(cells=code, metadata=KERNEL)  # type: ignore[no-untyped-call]
    notebook.path_of(name).write_text(json.dumps(made))


def pictures(run: Run, name: str) -> list[str | None]:
    """Return the picture of each chart in an executed notebook."""
    cells = json.loads((run.folder / f"{name}.ipynb").read_text())["cells"]
    outputs = [each for cell in cells for each in cell.get("outputs", ())]
    shown = [output.get("data", {}) for output in outputs]
    return [data.get(PNG) for data in shown if VEGA_LITE in data]


def test_a_chart_of_a_run_has_the_picture_that_its_kernel_would_draw(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("charts", CHART, CHART.replace("3", "4"))
    with monkeypatch.context() as patch:
        patch.setattr(pictures_of_runs, "draw", lambda _: "drawn by the run")
        notebook.execute(run, "charts", None)
        by_kernel = pictures(run, "charts")
        patch.setenv(DRAWN_LATER, IS_SET)
        notebook.execute(run, "charts", None)
        assert pictures(run, "charts") == ["drawn by the run"] * 2
    monkeypatch.setenv(DRAWN_LATER, IS_SET)
    notebook.execute(run, "charts", None)
    assert pictures(run, "charts") == by_kernel
    assert len({*by_kernel}) == 2
    assert all(str(each).startswith(PNG_BEGINS) for each in by_kernel)


def test_only_what_a_run_sets_turns_the_pictures_of_a_kernel_off(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("charts", CHART)
    monkeypatch.setattr(pictures_of_runs, "draw", lambda _: "drawn by the run")
    monkeypatch.setenv(DRAWN_LATER, "false")
    notebook.execute(run, "charts", None)
    (picture,) = pictures(run, "charts")
    assert str(picture).startswith(PNG_BEGINS)


def test_a_failed_notebook_has_the_pictures_of_its_charts_too(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DRAWN_LATER, IS_SET)
    write("failing", CHART, "1 / 0", CHART)
    with pytest.raises(Exception, match="division by zero"):
        notebook.execute(run, "failing", None)
    assert [*map(bool, pictures(run, "failing"))] == [True]


def test_a_chart_that_cannot_be_drawn_fails_no_step(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DRAWN_LATER, IS_SET)
    unknown = f"display({{{VEGA_LITE!r}: {{'mark': 'unknown'}}}}, raw=True)"
    write("unknown", unknown, CHART)
    notebook.execute(run, "unknown", None)
    assert [*map(bool, pictures(run, "unknown"))] == [False, True]


def test_pictures_that_cannot_be_written_hide_no_error_and_fail_no_step(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DRAWN_LATER, IS_SET)
    for name, *cells in (("whole", CHART), ("failing", CHART, "1 / 0")):
        write(name, *cells)
        (run.folder / f"{name}.ipynb.part").mkdir()
    notebook.execute(run, "whole", None)
    with pytest.raises(Exception, match="division by zero"):
        notebook.execute(run, "failing", None)
    assert pictures(run, "whole") == pictures(run, "failing") == [None]


def test_an_engine_that_does_not_start_fails_no_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: object) -> str:
        raise ImportError("vl_convert")

    monkeypatch.setattr(pictures_of_runs, "draw", fail)
    pictures_of_runs.start_engine()
