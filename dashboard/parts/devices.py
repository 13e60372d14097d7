"""Cards of the devices: which platforms and browsers the plays come from."""

from dataclasses import replace
from functools import partial

from dashboard.cards import chart, draw
from dashboard.clicks import PICKED, chart_key, option_clicked
from dashboard.star import report
from dashboard.view import View
from sparkify import charts
from sparkify.reports import numbers
from sparkify.reports.devices import UNKNOWN, by_browser, by_platform, device_label
from sparkify.reports.report import ALL, Answer, Filters

MOST_AGENTS = 500  # rows of the report `user_agents`
KINDS = {
    "platform": ("On which platforms?", by_platform),
    "browser": ("In which browsers?", by_browser),
}


def user_agents(view: View) -> Answer:
    """Return the user agents of the plays, of those that the filter by device knows.

    If there are more than the report shows, those of the chosen days may be others
    than those of all days: a bar would promise other plays than its filter finds.
    """
    known = report("user_agents", Filters(view.data.start, view.data.end)).rows
    if len(known) < MOST_AGENTS or view.filters.device != ALL:
        return report("user_agents", view.filters)
    filters = replace(view.filters, device="known", user_agents=(*known["user_agent"],))
    return report("user_agents", filters)


def device_shares(kind: str, agents: Answer, view: View, plays: int) -> None:
    """Show the share of each platform or browser; a click on one filters by it.

    Args:
        kind: `platform` or `browser`.
        agents: The answer of `user_agents`.
        view: The chosen filters.
        plays: The number of all plays.
    """
    question, sums = KINDS[kind]
    rows = sums(agents.rows)
    counted = agents.rows["plays"].sum()
    rare = plays - counted
    hidden = f"Not shown: {rare:,} plays by rare or unknown user agents. "
    offered = {each: device_label(kind, each) for each in rows[kind] if each != UNKNOWN}
    is_other_kind = view.filters.device not in (ALL, *offered.values())
    instead = f" instead of {view.filters.device}" if is_other_kind else ""
    key = chart_key(kind, view)
    chart(
        draw(charts.shares, rows, kind, question, selection=PICKED),
        view,
        agents,
        unit="share of plays",
        n=numbers.counted(counted, "play"),
        note=f"{hidden if rare else ''}A click on a {kind} filters by it{instead}.",
        on_select=partial(option_clicked, key, kind, "device", offered),
        key=key,
    )
