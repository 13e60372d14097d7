"""A parameter of a run, and what it allows."""

import re
from dataclasses import dataclass
from reprlib import Repr

from sparkify.errors import ParameterError

Value = str | int | bool

TYPE_NAMES = {str: "text", int: "a whole number", bool: "true or false"}
SWITCH_WORDS = {"true": True, "false": False}
MOST_BITS = 128  # of a number that a message shows


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: The key in a parameter file and the name in the notebooks.
        default: The value in the local profile; its type is the parameter's type.
        help: What the parameter decides, in a phrase.
        choices: The allowed values; empty if all values of the type are allowed.
        at_least: The smallest allowed number.
        at_most: The largest allowed number.
        pattern: A regular expression that the whole text must match.
        example: A value that matches the pattern.
        reserved: Regular expressions of texts that are refused all the same, each with
            the reason.
    """

    name: str
    default: Value
    help: str
    choices: tuple[str, ...] = ()
    at_least: int = 0
    at_most: int = 1_000
    pattern: re.Pattern[str] | None = None
    example: str = ""
    reserved: tuple[tuple[re.Pattern[str], str], ...] = ()

    def check(self, value: object) -> Value:
        """Return a value if the parameter allows it.

        Raises:
            ParameterError: The value is not allowed; the message says what is.
        """
        if isinstance(self.default, bool):
            return as_switch(self.name, value)
        if not isinstance(value, str | int) or type(value) is not type(self.default):
            raise ParameterError(
                f"parameter '{self.name}' must be {TYPE_NAMES[type(self.default)]}, "
                f"not {_show(value)}"
            )
        if self.choices and value not in self.choices:
            raise ParameterError(
                f"parameter '{self.name}' cannot be '{value}'; choose one of "
                f"{', '.join(self.choices)}"
            )
        if isinstance(value, int) and not self.at_least <= value <= self.at_most:
            raise ParameterError(
                f"parameter '{self.name}' must be from {self.at_least:,} to "
                f"{self.at_most:,}, not {_show(value)}"
            )
        if isinstance(value, str) and not value.strip():
            raise ParameterError(f"parameter '{self.name}' is empty; give it a value")
        if self.pattern and not self.pattern.fullmatch(str(value)):
            raise ParameterError(
                f"parameter '{self.name}' cannot be '{value}': {self.help}; "
                f"write it like {self.example}"
            )
        for reserved, reason in self.reserved:
            if reserved.fullmatch(str(value)):
                raise ParameterError(
                    f"parameter '{self.name}' cannot be '{value}': {reason}; write "
                    f"it like {self.example}"
                )
        return value


def as_switch(name: str, value: object) -> bool:
    """Return a value that must be true or false; read the two words in any case.

    Papermill passes what it is given with `-p` as text, unless it is True or False.
    A text such as `false` would count as true in a condition.

    Args:
        name: The parameter, for the error message.
        value: A boolean, or the text `true` or `false`.

    Raises:
        ParameterError: The value is anything else, such as `no`, 0 or None.
    """
    if isinstance(value, str):
        value = SWITCH_WORDS.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        raise ParameterError(
            f"parameter '{name}' must be {TYPE_NAMES[bool]}, not {_show(value)}"
        )
    return value


def _show(value: object) -> str:
    """Return a value for a message, in a few words even if it is large."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return f"a number of {value.bit_length():,} bits"
    short = Repr()
    short.maxlevel, short.maxstring, short.maxother = 2, 100, 100
    return short.repr(value)
