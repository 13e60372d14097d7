"""A parameter file that cannot be held, or stands for too much, is refused by name."""

from pathlib import Path

import pytest

from sparkify.errors import ParameterError
from sparkify.params import read_parameters


def write(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text)
    return path


def test_references_between_values_are_refused_before_they_expand(
    tmp_path: Path,
) -> None:
    lines = ["a0: &a0 [1, 2]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    path = write(tmp_path, "\n".join([*lines, "engine: *a29"]))
    with pytest.raises(ParameterError, match=r"line 2 refers to another value by \*a0"):
        read_parameters(path)


@pytest.mark.parametrize(
    "text", ["[" * 5_000, "engine: 2018-13-45", f"top: {'9' * 5_000}"]
)
def test_yaml_that_python_cannot_hold_is_named(text: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"cannot read '.*own.yaml'"):
        read_parameters(write(tmp_path, text))


def test_a_number_that_is_too_long_to_show_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, f"top: 0x{'f' * 5_000}")
    with pytest.raises(ParameterError, match="not a number of 20,000 bits"):
        read_parameters(path)
