"""A text is not a switch: what removes or creates takes true or false alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sparkify.aws.settings import Settings
from sparkify.aws.teardown.teardown import remove_resources
from sparkify.errors import ParameterError
from sparkify.params import as_switch
from sparkify.project import NOTEBOOKS, ROOT
from sparkify.steps.flatten import flatten
from sparkify.steps.provision import provision_cloud
from sparkify.steps.teardown import tear_down, tear_down_cloud
from sparkify.steps.transform import build_star
from tests.support.stars import build

SETTINGS = Settings.of(name="sparkify", region="us-west-2")
NEITHER = ["no", "yes", "", "0", "1", "None", "truee", 0, 1, None, 1.0, [True]]
WORDS = [("true", True), (" TRUE ", True), ("false", False), ("False", False)]
CLOUD = {"settings": SETTINGS, "engine": "duckdb", "warehouse": "duckdb"}
Step = Callable[..., object]
SWITCHED: dict[str, tuple[Step, dict[str, object]]] = {
    "tear_down": (tear_down, {}),
    "tear_down_cloud": (tear_down_cloud, CLOUD),
    "provision_cloud": (provision_cloud, {**CLOUD, "source": "demo"}),
}


@pytest.mark.parametrize("value", NEITHER, ids=repr)
def test_what_is_neither_true_nor_false_is_refused(value: object) -> None:
    with pytest.raises(ParameterError, match="'apply' must be true or false, not"):
        as_switch("apply", value)


@pytest.mark.parametrize(("word", "meant"), WORDS)
def test_the_two_words_are_read_as_such(word: str, meant: bool) -> None:
    assert as_switch("apply", word) is meant


@pytest.mark.parametrize("value", NEITHER, ids=repr)
@pytest.mark.parametrize("name", SWITCHED)
def test_each_step_refuses_it_and_removes_nothing(
    name: str, value: object, tmp_path: Path
) -> None:
    kept = tmp_path / "lock"
    kept.touch()
    step, given = SWITCHED[name]
    with pytest.raises(ParameterError, match="true or false"):
        step(workspace=str(tmp_path), apply=value, **given)
    assert kept.is_file()


@pytest.mark.parametrize("value", ["no", 0, None])
def test_accept_is_a_switch_too(value: object, tmp_path: Path) -> None:
    steps: dict[Step, dict[str, str]] = {flatten: {"source": "x"}, build_star: {}}
    for step, given in steps.items():
        with pytest.raises(ParameterError, match="'accept' must be true or false"):
            step(workspace=str(tmp_path), accept=value, **given)


def test_the_removal_in_the_cloud_refuses_it_itself() -> None:
    refused: Step = remove_resources
    with pytest.raises(ParameterError, match="true or false"):
        refused(SETTINGS, apply="no")


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("given", "is_refused", "is_removed"),
    [
        (("-p", "apply", "false"), False, False),
        (("-p", "apply", "no"), True, False),
        (("-p", "apply", "0"), True, False),
        (("-p", "apply", "1"), True, False),
        (("-y", "apply: no"), False, False),
        (("-p", "apply", "true"), False, True),
    ],
)
def test_a_teardown_by_papermill_removes_only_what_true_asks_for(
    given: tuple[str, ...],
    is_refused: bool,
    is_removed: bool,
    demo_source: Path,
    tmp_path: Path,
) -> None:
    workspace = tmp_path / "workspace"
    build(demo_source, workspace)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "papermill"),
            *(str(NOTEBOOKS / "99_teardown.ipynb"), str(tmp_path / "out.ipynb")),
            *("-f", str(ROOT / "params" / "local.yaml")),
            *("-p", "workspace", str(workspace), *given),
        ],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
    )
    assert (done.returncode != 0) == is_refused, done.stderr
    assert ("parameter 'apply' must be true or false" in done.stderr) == is_refused
    assert workspace.exists() != is_removed
