"""The state of a cloud resource, and the changes that it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sparkify.progress import Progress

ABSENT = "absent"
THERE = "there"
NOT_OURS = "there, not ours"
OTHER_ACCOUNT = "there, of another account"
KEEP = "keep"
CREATE = "create"
LATER = "later"
NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Change:
    """One call that would change the cloud.

    Attributes:
        what: What the call changes, in a word or two.
        make: Makes the call.
    """

    what: str
    make: Callable[[], object]


@dataclass(frozen=True)
class Finding:
    """A resource as it was found.

    Attributes:
        state: Its state, in a few words.
        changes: The changes after which it is as it must be, in order.
        refusal: Why it can be neither created nor used, with the remedy; else empty.
        is_later: Whether a later step creates it.
    """

    state: str
    changes: tuple[Change, ...] = ()
    refusal: str = ""
    is_later: bool = False

    @property
    def action(self) -> str:
        """What has to be done, as a plan shows it."""
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
    """A resource whose state can be read, and changed to what it must be."""

    @property
    def kind(self) -> str:
        """The kind of resource."""

    @property
    def name(self) -> str:
        """The name of the resource."""

    @property
    def cost(self) -> float | None:
        """US dollars an hour; None if unknown."""

    def look(self) -> Finding:
        """Return the state of the resource; change nothing."""


@runtime_checkable
class Awaited(Protocol):
    """A resource that is usable only some time after it was created."""

    def wait(self, progress: Progress) -> object:
        """Wait until it is usable."""
