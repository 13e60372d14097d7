"""Asks a person before something is made or removed."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from sparkify.commands.output import err
from sparkify.errors import ParameterError
from sparkify.params import Value, read_parameters
from sparkify.project import resolve

Apply = Annotated[
    bool, typer.Option("--apply", help="Carry out the plan, after a confirmation.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="With --apply: do not ask for a confirmation.")
]


def read_plan_parameters(
    params: Path, overrides: Sequence[str] | None, *, is_applied: bool, is_sure: bool
) -> dict[str, Value]:
    """Read the parameters of a command that plans first and acts with `--apply`.

    The parameter `apply` is for the notebooks; here it decides nothing.

    Raises:
        ParameterError: A parameter is wrong, `apply` is given by -p, or `--yes` is
            given without `--apply`.
    """
    given = overrides or []
    if any(each.partition("=")[0].strip() == "apply" for each in given):
        raise ParameterError("'-p apply=…' decides nothing here; write --apply")
    if is_sure and not is_applied:
        raise ParameterError("--yes has nothing to confirm; write --apply --yes")
    return read_parameters(params, given)


def confirm(action: str, word: str) -> None:
    """Ask a person to type a word.

    Args:
        action: What will be done, such as `remove all of this`.
        word: What to type.

    Raises:
        ParameterError: Nobody can be asked, or something else was typed.
    """
    if not sys.stdin.isatty():
        raise ParameterError(
            f"nobody can be asked whether to {action}, because the input is no "
            "terminal; look at the plan, then add --yes"
        )
    question = f"To {action}, type {word}: "
    err.print(question, end="", markup=False, highlight=False, soft_wrap=True)
    typed = sys.stdin.readline().strip()
    if typed != word:
        raise ParameterError(
            f"'{typed}' is not '{word}', so nothing was done; type it as it is written"
        )


def word_of(parameters: Mapping[str, Value], *, is_cloud: bool) -> str:
    """Return what a person types to confirm: a name that is never empty.

    Args:
        parameters: A value for every parameter.
        is_cloud: Whether resources in the cloud are made or removed.
    """
    if is_cloud:
        return str(parameters["name"])
    return Path(resolve(str(parameters["workspace"]))).resolve().name or "yes"
