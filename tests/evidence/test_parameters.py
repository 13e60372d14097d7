"""The parameters of a notebook are checked, whoever set them."""

from typing import Any

import pytest

from sparkify.errors import ParameterError
from sparkify.evidence.parameters import check_parameters

DEFAULTS = 'source: str = "demo"  # folder\napply: bool = False  # whether'


def executed(*cells: str) -> dict[str, Any]:
    """Return the variables of a notebook that executed these cells."""
    namespace: dict[str, Any] = {}
    for cell in cells:
        exec(compile(cell, "cell", "exec"), namespace)
    return {**namespace, "In": ["", *cells]}


def test_the_defaults_are_accepted() -> None:
    check_parameters(executed(DEFAULTS))


@pytest.mark.parametrize(
    "cell",
    [
        '# Parameters\nsourc = "/real"',
        '# Parameters\nsource: str = "x"\nsourc: str = "/real"',
        'sourc = "/real"\nworkspace = "w"',
    ],
)
def test_a_mistyped_name_is_refused_with_the_near_miss(cell: str) -> None:
    with pytest.raises(ParameterError, match="'sourc' is unknown; did you mean 'sourc"):
        check_parameters(executed(DEFAULTS, cell))


def test_a_parameter_of_another_notebook_is_checked_too() -> None:
    check_parameters(executed(DEFAULTS, "# Parameters\ntop = 5"))
    with pytest.raises(ParameterError, match="'top' must be from 1"):
        check_parameters(executed(DEFAULTS, "# Parameters\ntop = 0"))


def test_what_a_person_calculates_in_between_is_no_parameter() -> None:
    check_parameters(executed(DEFAULTS, "a = 1\nb: int = a + 1", "import os"))


def test_the_words_true_and_false_become_switches() -> None:
    namespace = executed(DEFAULTS, '# Parameters\napply = "false"')
    check_parameters(namespace)
    assert namespace["apply"] is False


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ('apply = "no"', "write True or False"),
        ("apply = 0", "write True or False"),
        ('top = "5"', "without quotation marks; papermill reads it with -p"),
        ("name = 5", "in quotation marks; papermill passes it as text with -r"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_to_write(
    cell: str, remedy: str
) -> None:
    with pytest.raises(ParameterError, match=remedy):
        check_parameters(executed(DEFAULTS, f"# Parameters\n{cell}"))


def test_a_command_of_ipython_is_passed_over() -> None:
    namespace = executed(DEFAULTS)
    namespace["In"].append("%timeit 1")
    check_parameters(namespace)
