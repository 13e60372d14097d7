"""States are those of the metropolitan areas, and no place reveals a listener."""

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sparkify.charts.people import TILES
from sparkify.demo.places import METROS
from sparkify.reports.places import hidden, metros_of, shown
from sparkify.reports.report import Filters, run_report
from sparkify.warehouse import open_star, sql
from tests.support.dashboards import build_of
from tests.support.records import play
from tests.support.report_stars import CASES, ReportStar, assert_same

FIRST_STATE = re.compile(r".*, ([A-Z]{2})(?:-[A-Z]{2})*")
NOVEMBER = Filters(date(2018, 11, 1), date(2018, 12, 1))


def first_state(location: str) -> str | None:
    """Read the first state of a metropolitan area's title."""
    found = FIRST_STATE.fullmatch(location)
    return found[1] if found and found[1] in TILES else None


def folded(plays: pd.DataFrame, place: pd.Series, least: int) -> pd.DataFrame:
    """Count plays and listeners by place; few listeners and no place have a row."""
    crowd = plays.groupby(place)["user_id"].transform("nunique")
    because = pd.Series("few", plays.index).where(crowd < least)
    because = because.where(place.notna(), "unknown")
    rows = plays.assign(place=place.where(because.isna(), ""), because=because)
    groups = rows.groupby(["place", "because"], dropna=False)["user_id"]
    counted = groups.agg(plays="size", listeners="nunique").reset_index()
    counted["place"] = counted["place"].replace("", None)
    is_shown = counted["because"].isna()
    order = counted.assign(is_shown=is_shown).sort_values(
        ["is_shown", "plays", "place"], ascending=[True, False, True]
    )
    return order.drop(columns="is_shown").rename(columns={"because": "hidden_because"})


@pytest.mark.parametrize("least", [1, 3, 1_000])
@pytest.mark.parametrize("case", CASES)
def test_the_plays_of_each_state_are_shown_where_enough_listeners_live(
    star: ReportStar, case: str, least: int
) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    state = plays["location"].map(first_state, na_action="ignore")
    expected = folded(plays, state, least).rename(columns={"place": "state"})
    answer = star.report("states", filters, least_listeners=least)
    assert_same(answer, expected)
    assert answer["plays"].sum() == len(plays)


@pytest.mark.parametrize("least", [1, 3, 1_000])
@pytest.mark.parametrize("case", CASES)
def test_the_plays_of_each_metropolitan_area_are_shown_likewise(
    star: ReportStar, case: str, least: int
) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    expected = folded(plays, plays["location"], least)
    answer = star.report("places", filters, least_listeners=least)
    assert_same(answer, expected.rename(columns={"place": "location"}))
    assert answer["plays"].sum() == len(plays)


@pytest.mark.real
def test_california_has_its_plays(real_workspace: Path) -> None:
    """Its metropolitan areas have few listeners each; together they have the most."""
    with open_star(str(real_workspace)) as session:
        plays = session.query("select * from songplays", {}).to_pandas()
        answer = run_report(session, "states", NOVEMBER, least_listeners=3).rows
    there = plays[plays["location"].str.contains(", CA", na=False, regex=False)]
    california = answer.set_index("state").loc["CA"]
    assert california["plays"] == len(there)
    assert california["listeners"] == there["user_id"].nunique()
    assert california["listeners"] == shown(answer)["listeners"].max()


@pytest.mark.parametrize(
    ("location", "state"),
    [
        ("New York-Newark-Jersey City, NY-NJ-PA", "NY"),
        ("Washington-Arlington-Alexandria, DC-VA-MD-WV", "DC"),
        ("Janesville-Beloit, WI", "WI"),
        ("Sacramento--Roseville--Arden-Arcade, CA", "CA"),
        ("Louisville/Jefferson County, KY-IN", "KY"),
        ("San Juan-Carolina-Caguas, PR", "PR"),
        ("", None),
        ("unknown", None),
        ("Toronto, ON", None),
        ("London, England", None),
        ("NY", None),
        ("Reno, nv", None),
        ("Reno, NV-", None),
    ],
)
def test_a_metropolitan_area_is_in_its_first_state(
    location: str, state: str | None, tmp_path: Path
) -> None:
    assert first_state(location) == state
    workspace = build_of(tmp_path, play(0, "Undo", "Björk", location=location))
    with open_star(str(workspace)) as session:
        (row,) = run_report(session, "states", NOVEMBER, least_listeners=1).rows[
            "state"
        ]
    assert (None if pd.isna(row) else row) == state
    of = [each for each in TILES if metros_of(each, ["Paris", location])]
    assert of == ([state] if state else [])


def test_the_states_are_those_of_the_map_with_dc_and_puerto_rico() -> None:
    codes = re.findall(r"'([A-Z]{2})'", sql.load("reports/states").text)
    assert sorted(codes) == sorted(TILES)
    assert len(codes) == 50 + len({"DC", "PR"})
    assert all(first_state(metro) for metro in METROS)


def test_what_is_hidden_is_told_in_words() -> None:
    rows = pd.DataFrame(
        [(None, "few", 1_302, 9), (None, "unknown", 4, 2), ("NY", None, 31, 5)],
        columns=["state", "hidden_because", "plays", "listeners"],
    )
    assert shown(rows)["state"].tolist() == ["NY"]
    assert hidden(rows, 3) == (
        "Not shown: 1,302 plays where fewer than 3 listeners live and "
        "4 plays from an unknown place."
    )
    assert hidden(rows.tail(1), 3) == hidden(rows.head(0), 3) == ""
