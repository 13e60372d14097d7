"""The progress of a long step: how much is done, of how much."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import ClassVar, Protocol, TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_REPORTS = 0.2


class Report(Protocol):
    """A function that shows progress: how much is done, of how much, in what unit."""

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Show the progress."""


class Progress:
    """A counter of what is done, which reports it a few times a second.

    Args:
        report: Shows the count; without it, `watching` does.

    Attributes:
        watching: Shows the counts of steps that a person watches in a notebook; None
            shows nothing.
    """

    watching: ClassVar[Report | None] = None

    def __init__(self, report: Report | None = None) -> None:
        self._report = report or self.watching
        self._total = 0
        self._unit = ""
        self._phase = ""
        self._done = 0
        self._reported_at = 0.0

    def start(self, total: int, unit: str) -> None:
        """Start to count from 0 to a total, in a unit such as `files`."""
        self._total, self._unit, self._phase, self._done = total, unit, "", 0

    def name_phase(self, phase: str) -> None:
        """Name what is done now, after the unit, and report it at once."""
        self._phase = f"· {phase}"
        self._reported_at = 0.0
        self.advance(self._done)

    def track(
        self, items: Iterable[Item], size: Callable[[Item], int] = lambda _: 1
    ) -> Iterator[Item]:
        """Yield items, and count each one when the next one is requested.

        Args:
            items: The items.
            size: How much an item counts, such as its bytes.
        """
        for item in items:
            yield item
            self.advance(self._done + size(item))

    def advance(self, done: int) -> None:
        """Set how much is done in total, and report it."""
        self._done = done
        if self._report is None:
            return
        now = monotonic()
        if now - self._reported_at >= SECONDS_BETWEEN_REPORTS or done == self._total:
            self._reported_at = now
            self._report(done, self._total, f"{self._unit} {self._phase}".strip())
