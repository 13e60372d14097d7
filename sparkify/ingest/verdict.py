"""What the record rules say of a record, and the kinds of repair."""

from dataclasses import dataclass, field
from typing import Any

LONGEST_VALUE = 60  # characters of a value or a key in a reason

KEY_TWICE = "a key given twice"
KEY_CASE = "a key in another case"
LAYOUT = "a layout of eventsim"
NOT_A_NUMBER = "NaN or Infinity for a missing number"
NUMBER_AS_TEXT = "a number written as text"
WHOLE_AS_FRACTION = "a whole number written with a fraction"
BLANKS = "blanks around a text"
LEVEL_CASE = "a level in another case"
PAGE_CASE = "the page of a play in another case"
ENVELOPE = "a record inside another object"
ENCODING = "text encoded twice"


@dataclass
class Verdict:
    """What the rules say of one record.

    Attributes:
        values: The row, in the order of the columns.
        rule: The rule that the record breaks; none if it is staged.
        detail: The value or the near miss that the rule is about, for the reason.
        repairs: The kinds of repair, each once.
        extra_keys: The unknown keys that have a value.
    """

    values: list[Any] = field(default_factory=list)
    rule: str | None = None
    detail: str = ""
    repairs: list[str] = field(default_factory=list)
    extra_keys: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str | None:
        """The rule with its detail."""
        return f"{self.rule}{self.detail}" if self.rule else None

    def repaired(self, kind: str) -> None:
        """Note a kind of repair."""
        if kind not in self.repairs:
            self.repairs.append(kind)


class BrokenRuleError(Exception):
    """A record breaks a rule; the arguments are the rule and its detail."""


def shorten(text: str, longest: int = LONGEST_VALUE) -> str:
    """Return a text for a message: on one line, and whole only if it is short.

    Characters that a terminal would act on become backslash escapes.
    """
    plain = " ".join(text[: 4 * longest].split())
    shown = "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in plain
    )
    return shown if len(shown) <= longest else f"{shown[:longest]}…"
