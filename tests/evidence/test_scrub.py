"""A notebook that was only run and saved is the same as before, once scrubbed."""

import json
import subprocess
import sys
from typing import Any

import pytest

from sparkify.evidence.scrub import PLACEHOLDER, VARIES, scrub
from sparkify.project import NOTEBOOKS, ROOT

COMMITTED = sorted(NOTEBOOKS.glob("*.ipynb"))


def saved_by_a_front_end(text: str) -> dict[str, Any]:
    """Return a notebook as JupyterLab or VS Code may save it after a second run."""
    notebook: dict[str, Any] = json.loads(text)
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    notebook["metadata"]["kernelspec"]["display_name"] = ".venv (3.12.1)"
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["editable"] = True
        if cell["cell_type"] == "code":
            cell["execution_count"] = 40 + number
            cell["metadata"]["execution"] = {"iopub.execute_input": "2026-01-01"}
            if VARIES in cell["metadata"].get("tags", ()):
                data = {"text/plain": ["Took 7.1 s."]}
                output = {"data": data, "metadata": {}, "output_type": "display_data"}
                cell["outputs"] = [output, output]
            for output in cell["outputs"]:
                output["metadata"] = {"isolated": True}
                if output["output_type"] == "execute_result":
                    output["execution_count"] = 40 + number
    return notebook


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_what_a_front_end_adds_goes(path: Any) -> None:
    text = path.read_text()
    assert scrub(json.dumps(saved_by_a_front_end(text))) == text


def test_a_change_of_a_source_or_an_output_stays() -> None:
    text = COMMITTED[1].read_text()
    changed = json.loads(text)
    code = [cell for cell in changed["cells"] if cell["cell_type"] == "code"]
    code[2]["source"] = ["1 + 1"]
    assert json.loads(scrub(json.dumps(changed))) == changed


def test_it_works_as_a_filter_of_git() -> None:
    text = COMMITTED[0].read_text()
    done = subprocess.run(
        [sys.executable, "-m", "sparkify.evidence.scrub"],
        input=json.dumps(saved_by_a_front_end(text)).encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.decode() == text
    assert PLACEHOLDER in text
