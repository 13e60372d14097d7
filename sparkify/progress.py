"""Tells whoever watches a long step how far it has come."""

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import Protocol, TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_REPORTS = 0.2


class Report(Protocol):
    """Takes what has been done so far, how much there is, and of what."""

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Shows it."""


class Progress:
    """Counts what has been done and reports it a few times a second.

    Args:
        report: Shows the count; without one nothing is shown.
    """

    def __init__(self, report: Report | None = None) -> None:
        self._report = report
        self._total = 0
        self._unit = ""
        self._done = 0
        self._reported_at = 0.0

    def start(self, total: int, unit: str) -> None:
        """Begins to count: how much there is, and of what."""
        self._total, self._unit, self._done = total, unit, 0

    def over(self, items: Iterable[Item]) -> Iterator[Item]:
        """Passes items on and counts each when the next is asked for."""
        for item in items:
            yield item
            self.advance(self._done + 1)

    def advance(self, done: int) -> None:
        """Notes how much has been done in all."""
        self._done = done
        if self._report is None:
            return
        now = monotonic()
        if now - self._reported_at >= SECONDS_BETWEEN_REPORTS or done == self._total:
            self._reported_at = now
            self._report(done, self._total, self._unit)
