"""The chosen filters, which every page uses."""

from dataclasses import dataclass

from dashboard.text import literal
from sparkify.reports.periods import Period
from sparkify.reports.report import ALL, Filters

UTC = "UTC"


@dataclass(frozen=True)
class View:
    """The chosen filters.

    Attributes:
        data: The days that the data covers.
        period: The chosen period.
        earlier: The period to compare with; without days if there is none.
        filters: The filters for the period.
        before: The filters for the earlier period; None if it cannot be compared.
        obstacle: Why it cannot be compared; empty if it can.
        grain: `hour`, `day` or `week`: what a point of a trend is.
        zone: The time zone in which hours are shown, such as `America/New_York`.
    """

    data: Period
    period: Period
    earlier: Period
    filters: Filters
    before: Filters | None
    obstacle: str
    grain: str
    zone: str

    @property
    def label(self) -> str:
        """The filters, in one line of Markdown."""
        level = "" if self.filters.level == ALL else f", {self.filters.level} plays"
        metro = "" if self.filters.metro == ALL else f", {literal(self.filters.metro)}"
        device = "" if self.filters.device == ALL else f", {self.filters.device}"
        return f"{self.period}{level}{metro}{device}"

    @property
    def against(self) -> str:
        """What the figures are compared with, in one sentence."""
        if self.obstacle:
            return self.obstacle
        if self.earlier.days == self.period.days:
            return f"Compared with {self.earlier}."
        return (
            f"Compared with {self.earlier}: {self.period.days} days with "
            f"{self.earlier.days}."
        )
