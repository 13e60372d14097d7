"""Places are read as the Census Bureau titles them."""

import pandas as pd
import pytest

from sparkify.demo.places import METROS
from sparkify.reports.places import STATES, by_state, states
from tests.support.report_stars import CASES, ReportStar


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("New York-Newark-Jersey City, NY-NJ-PA", ("NY", "NJ", "PA")),
        ("Washington-Arlington-Alexandria, DC-VA-MD-WV", ("DC", "VA", "MD", "WV")),
        ("Janesville-Beloit, WI", ("WI",)),
        ("Sacramento--Roseville--Arden-Arcade, CA", ("CA",)),
        ("Louisville/Jefferson County, KY-IN", ("KY", "IN")),
        ("San Juan-Carolina-Caguas, PR", ("PR",)),
        ("", ()),
        ("unknown", ()),
        ("fewer than 3 listeners", ()),
        ("Toronto, ON", ()),
        ("London, England", ()),
        ("NY", ()),
        ("Reno, nv", ()),
        ("Reno, NV-", ()),
        ("Reno, NV\n", ()),
    ],
)
def test_the_states_of_a_place_keep_their_order(
    location: str, expected: tuple[str, ...]
) -> None:
    assert states(location) == expected


def test_the_states_include_dc_and_puerto_rico() -> None:
    assert len(STATES) == 50 + len({"DC", "PR"})


def test_every_place_of_the_demo_is_in_a_state() -> None:
    assert all(states(metro) for metro in METROS)


def test_plays_are_summed_by_the_principal_state() -> None:
    rows = pd.DataFrame(
        [
            ("unknown", 90, 1),
            ("New York-Newark-Jersey City, NY-NJ-PA", 5, 4),
            ("Reno, NV", 8, 3),
            ("Newark, NJ", 8, 3),
            ("Buffalo-Cheektowaga-Niagara Falls, NY", 4, 3),
            ("fewer than 3 listeners", 10, 2),
        ],
        columns=["location", "plays", "listeners"],
    )
    table = by_state(rows)
    assert list(table.columns) == ["state", "plays"]
    assert table["plays"].tolist() == [9, 8, 8, 100]
    assert table["state"].tolist()[:3] == ["NY", "NJ", "NV"]
    assert table["state"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize("case", CASES)
def test_the_states_add_up_to_all_plays(star: ReportStar, case: str) -> None:
    filters = star.filters(case)
    places = star.report("places", filters, least_listeners=3)
    table = by_state(places)
    plays = star.plays(filters)
    assert table["plays"].sum() == len(plays)
    assert not table["state"].duplicated().any()
    for state, summed in table.dropna().itertuples(index=False):
        is_there = plays["location"].str.contains(f", {state}", regex=False, na=False)
        shown = plays["location"].isin(places["location"])
        assert summed == (is_there & shown).sum()
