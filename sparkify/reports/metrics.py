"""The metrics: the name, description and formula of each, defined once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sparkify.reports import numbers

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Metric:
    """A figure of a period, from the columns of the report `overview`.

    Attributes:
        name: The name that people see.
        sentence: What the metric measures.
        numerator: The column to divide; for a count, its only column.
        denominator: The column to divide by; empty for a count.
        is_share: Whether the metric is a part of a whole, shown in percent.
    """

    name: str
    sentence: str
    numerator: str
    denominator: str = ""
    is_share: bool = False

    @property
    def formula(self) -> str:
        """The formula, with the report's column names."""
        if not self.denominator:
            return f"`{self.numerator}`"
        return f"`{self.numerator} / {self.denominator}`"

    def of(self, row: "Mapping[Any, Any] | pd.Series[Any]") -> float | None:
        """Return the value for a row of `overview`; None if it divides by zero."""
        if not self.denominator:
            return float(row[self.numerator])
        if not row[self.denominator]:
            return None
        return float(row[self.numerator]) / float(row[self.denominator])

    def written(self, value: float | None) -> str:
        """Return a value as text for people."""
        if value is None:
            return "-"
        if self.is_share:
            return numbers.share(value)
        return f"{value:,.1f}" if self.denominator else numbers.count(value)

    def change(self, value: float | None, before: float | None) -> str | None:
        """Return the change as text: in points for a share, else in percent."""
        if value is None or before is None:
            return None
        if self.is_share:
            return numbers.points(value - before)
        return numbers.change(value, before)


PLAYS = Metric("Plays", "How many songs were started by a user.", "plays")
LISTENERS = Metric("Listeners", "How many users played a song.", "listeners")
SESSIONS = Metric("Sessions", "In how many visits a song was played.", "sessions")
PLAYS_A_LISTENER = Metric(
    "Plays a listener", "How much one listener plays.", "plays", "listeners"
)
PLAYS_A_SESSION = Metric(
    "Plays a session", "How many songs one visit takes.", "plays", "sessions"
)
PAID_SHARE = Metric(
    "Paid share",
    "Which part of the plays paying users made.",
    "paid_plays",
    "plays",
    is_share=True,
)
MATCH_RATE = Metric(
    "Match rate",
    "Which part of the plays is of songs that the catalogue holds.",
    "matched_plays",
    "plays",
    is_share=True,
)

COUNTS = (PLAYS, LISTENERS, SESSIONS)
RATIOS = (PLAYS_A_LISTENER, PLAYS_A_SESSION, PAID_SHARE, MATCH_RATE)
METRICS = (*COUNTS, *RATIOS)
