"""What is found of a cloud resource, and what would have to be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

ABSENT = "absent"
THERE = "there"
NOT_OURS = "there, not ours"
OTHER_ACCOUNT = "there, of another account"
KEEP = "keep"
CREATE = "create"
LATER = "later"


@dataclass(frozen=True)
class Change:
    """One call that would change the cloud.

    Attributes:
        what: What it changes, in a word or two.
        make: Makes the call.
    """

    what: str
    make: Callable[[], object]


@dataclass(frozen=True)
class Finding:
    """How a resource was found.

    Attributes:
        state: How it is, in a few words.
        changes: What makes it as it must be, in order.
        refusal: Why it can be neither made nor used, with the remedy; else empty.
        is_later: Whether a later step makes it.
    """

    state: str
    changes: tuple[Change, ...] = ()
    refusal: str = ""
    is_later: bool = False

    @property
    def action(self) -> str:
        """What is to be done, as a plan shows it."""
        if self.refusal:
            return f"refuse: {self.refusal}"
        if self.is_later:
            return LATER
        if self.state == ABSENT:
            return CREATE
        if self.changes:
            return f"change: {', '.join(change.what for change in self.changes)}"
        return KEEP


class CloudResource(Protocol):
    """A resource that can be looked at, and so be made as it must be."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def cost(self) -> float | None:
        """US dollars an hour; None where that is unknown."""

    def look(self) -> Finding:
        """Reads how it is, and changes nothing."""
