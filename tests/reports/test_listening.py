"""How much is listened to, and when: each answer is what pandas counts by itself."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from math import ceil

import numpy as np
import pandas as pd
import pytest

from sparkify.reports.report import everything, week_grid
from sparkify.reports.trends import gini
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)

ITEMS = {"song_concentration": ["title", "artist"], "artist_concentration": ["artist"]}


def summary(plays: pd.DataFrame) -> dict[str, int]:
    """Count what an overview shows, of any plays."""
    return {
        "plays": len(plays),
        "listeners": len(set(plays["user_id"])),
        "sessions": len(set(zip(plays["user_id"], plays["session_id"], strict=True))),
        "paid_plays": int((plays["level"] == "paid").sum()),
        "matched_plays": int((~plays["is_inferred"].astype(bool)).sum()),
    }


def counted(plays: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Count plays by keys, in their order."""
    return plays.groupby(list(keys)).size().reset_index(name="plays")


def test_the_data_range_goes_from_the_first_play_to_the_last(star: ReportStar) -> None:
    timestamps = star.tables["songplays"]["start_time"]
    expected = pd.DataFrame(
        {"first_play": [timestamps.min()], "last_play": [timestamps.max()]}
    )
    assert_same(star.report("data_range"), expected)
    found = everything(star.session)
    assert found == star.filters("everything")


def test_the_metros_include_the_places_of_all_plays(star: ReportStar) -> None:
    by_place = star.tables["songplays"].groupby("location")
    expected = by_place.agg(
        plays=("user_id", "size"), listeners=("user_id", "nunique")
    ).reset_index()
    expected = expected.sort_values(["plays", "location"], ascending=[False, True])
    assert_same(star.report("metros"), expected)


def test_a_play_has_the_artist_of_its_song(star: ReportStar) -> None:
    both = star.tables["songplays"].merge(star.tables["songs"], on="song_id")
    assert (both["artist_id_x"] == both["artist_id_y"]).all()


@every_case
def test_the_overview_counts_the_plays_that_pass_the_filters(
    star: ReportStar, case: str
) -> None:
    filters = star.filters(case)
    expected = pd.DataFrame([summary(star.plays(filters))])
    assert_same(star.report("overview", filters), expected)


@every_case
def test_each_day_has_its_own_overview(star: ReportStar, case: str) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    days = [{"play_date": day} | summary(part) for day, part in by(plays, "play_date")]
    answer = star.report("overview_by_day", filters)
    columns = ["play_date", *summary(plays)]
    assert_same(answer, pd.DataFrame(days, columns=columns))
    total = star.report("overview", filters).iloc[0]
    for part in ("plays", "paid_plays", "matched_plays"):
        assert answer[part].sum() == total[part]


def by(plays: pd.DataFrame, key: str) -> list[tuple[object, pd.DataFrame]]:
    """Split plays by a key, in its order."""
    return [(value, plays[plays[key] == value]) for value in sorted(set(plays[key]))]


@every_case
def test_plays_by_day_are_split_by_level(star: ReportStar, case: str) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    expected = counted(plays, "play_date", "level")
    users = plays.groupby(["play_date", "level"])["user_id"].nunique()
    expected["listeners"] = users.to_numpy()
    answer = star.report("plays_by_day", filters)
    assert_same(answer, expected)
    assert answer["plays"].sum() == len(plays)


@every_case
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("plays_by_hour_of_day", ["hour"]),
        ("plays_by_weekday_and_hour", ["weekday", "hour"]),
    ],
)
def test_the_hours_add_up_to_all_plays(
    star: ReportStar, case: str, name: str, keys: list[str]
) -> None:
    filters = star.filters(case)
    answer = star.report(name, filters)
    assert_same(answer, counted(star.plays(filters), *keys))
    assert answer["plays"].sum() == len(star.plays(filters))


@every_case
def test_the_week_grid_divides_by_the_calendar(star: ReportStar, case: str) -> None:
    filters = star.filters(case)
    grid = week_grid(star.report("plays_by_weekday_and_hour", filters), filters)
    days = [filters.start + timedelta(days=number) for number in range(filters.days)]
    names = [f"{day:%A}" for day in days]
    plays = star.plays(filters)
    heard = [f"{day:%A}" for day in plays["play_date"]]
    cells = pd.Series(zip(heard, plays["hour"], strict=True), dtype=object)
    counts = cells.value_counts().to_dict()
    assert len(grid) == 168
    for row in grid.to_dict("records"):
        calendar_days = names.count(row["weekday"])
        found = counts.get((row["weekday"], row["hour"]), 0)
        average = found / calendar_days if calendar_days else np.nan
        assert row["calendar_days"] == calendar_days
        assert row["plays"] == found
        assert row["plays_per_day"] == pytest.approx(average, nan_ok=True)


def test_the_week_grid_counts_only_hours_that_the_data_covers(
    star: ReportStar,
) -> None:
    filters = everything(star.session)
    first, last = datetime(2018, 11, 1, 21, 1), datetime(2018, 11, 30, 19, 54)
    filters = replace(filters, start=first.date(), end=last.date() + timedelta(days=1))
    rows = star.report("plays_by_weekday_and_hour", filters)
    occurs: Counter[tuple[str, int]] = Counter()
    for number in range(filters.days * 24):
        hour = datetime(2018, 11, 1) + timedelta(hours=number)
        if datetime(2018, 11, 1, 21) <= hour <= datetime(2018, 11, 30, 19):
            occurs[f"{hour:%A}", hour.hour] += 1
    grid = week_grid(rows, filters, (first, last))
    found = grid.set_index(["weekday", "hour"])["calendar_days"]
    assert {cell: days for cell, days in found.items() if days} == occurs
    assert found["Friday", 19] == found["Friday", 20] + 1 == 5
    assert found["Thursday", 21] == found["Thursday", 20] + 1 == 5
    assert list(grid["plays"]) == list(week_grid(rows, filters)["plays"])


def of_catalogue(plays: pd.DataFrame, catalogue: str) -> pd.DataFrame:
    """Return the plays that a report on all songs or on the catalogue's counts."""
    if catalogue == "all":
        return plays
    return plays[~plays["is_inferred"].astype(bool)]


@every_case
@pytest.mark.parametrize("catalogue", ["all", "catalogue"])
def test_the_decades_add_up_to_all_plays(
    star: ReportStar, case: str, catalogue: str
) -> None:
    filters = star.filters(case)
    plays = of_catalogue(star.plays(filters), catalogue)
    decade = plays["year"].astype(float) // 10 * 10
    expected = pd.DataFrame(
        [
            (value, len(part), len(part.drop_duplicates(["title", "artist"])))
            for value, part in plays.groupby(decade, dropna=False)
        ],
        columns=["decade", "plays", "songs"],
    ).sort_values("decade")
    answer = star.report("songs_by_decade", filters, catalogue=catalogue)
    assert_same(answer, expected)
    assert answer["plays"].sum() == len(plays)


def exact_gini(counts: list[int]) -> float:
    """Compute the coefficient from all counts, by its definition over the pairs."""
    values = np.array(counts, dtype=float)
    distances = np.abs(values[:, None] - values[None, :]).sum()
    return float(distances / (2 * len(values) ** 2 * values.mean()))


@every_case
@pytest.mark.parametrize("catalogue", ["all", "catalogue"])
@pytest.mark.parametrize("name", ITEMS)
def test_the_concentration_is_a_lorenz_curve(
    star: ReportStar, case: str, name: str, catalogue: str
) -> None:
    filters = star.filters(case)
    plays = of_catalogue(star.plays(filters), catalogue)
    counts = sorted(plays.groupby(ITEMS[name]).size().tolist())
    shares: dict[int, float] = {}
    for place, so_far in enumerate(accumulate(counts), start=1):
        shares[ceil(place * 100 / len(counts))] = so_far / len(plays)
    columns = ["item_count", "plays", "top_ten_plays", "item_percent", "play_share"]
    totals = (len(counts), len(plays), sum(counts[-10:]))
    expected = pd.DataFrame([(*totals, *point) for point in shares.items()])
    answer = star.report(name, filters, catalogue=catalogue)
    assert_same(answer, expected.reindex(columns=range(5)).set_axis(columns, axis=1))
    if counts:
        assert answer.iloc[-1][["item_percent", "play_share"]].tolist() == [100, 1]
        error = exact_gini(counts) - gini(answer)
        assert 0 <= round(error, 9) <= (0.005 if len(counts) > 100 else 0)
