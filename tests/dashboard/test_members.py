"""What rankings and the pages of a song and an artist say is what pandas counts."""

from pathlib import Path

import pandas as pd
import pytest

from dashboard.text import literal
from tests.support.dashboards import Shown, build_of, charted, figures, open_page, text
from tests.support.records import play

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]

DAYS = 28
LEAST, TOP = 3, 8  # listeners of a place that is shown, and places
SPACE = "\N{NO-BREAK SPACE}"


def last_days(shown: Shown) -> pd.DataFrame:
    """Return the plays that a page shows at first."""
    plays = shown.star.all_plays
    end = pd.Timestamp(plays["play_date"].max()) + pd.Timedelta(days=1)
    return plays[plays["start_time"] >= end - pd.Timedelta(days=DAYS)]


@pytest.mark.parametrize("is_catalogue", [False, True])
@pytest.mark.parametrize("page", ["songs", "artists"])
def test_the_concentration_stands_above_the_ranks(
    either: Shown, page: str, is_catalogue: bool
) -> None:
    keys = {"songs": ["title", "artist"], "artists": ["artist"]}[page]
    plays = last_days(either)
    if is_catalogue:
        plays = plays[~plays["is_inferred"].astype(bool)]
    counts = plays.groupby(keys).size().sort_values().to_numpy()
    share = 100 * counts[-10:].sum() / counts.sum()
    chosen = {"catalogue": "true", "search": "a"} if is_catalogue else {}
    shown = open_page(either.workspace, page, **chosen)
    found = figures(shown)
    decades = plays.groupby(plays["year"].astype(float).notna()).size()
    assert f"n = {decades[True]:,} plays." in text(shown)
    words = f"{len(counts):,} {page}, {counts.sum():,} plays"
    assert f"n = {words}" in text(shown)
    assert found["Top ten have"] == f"{share:.1f}{SPACE}%"
    places = range(1, len(counts) + 1)
    weighed = sum(place * count for place, count in zip(places, counts, strict=True))
    exact = 2 * weighed / (len(counts) * counts.sum()) - 1 - 1 / len(counts)
    assert float(found["Gini"]) == pytest.approx(exact, abs=0.011)  # of 100 points


def test_a_ranking_tells_what_the_catalogue_has(either: Shown) -> None:
    plays = last_days(either)
    artists = either.star.tables["artists"]
    known = artists.loc[~artists["is_inferred"].astype(bool), "artist_id"]
    theirs = plays.loc[plays["artist_id"].isin(known), ["artist"]]
    songs = plays.loc[~plays["is_inferred"].astype(bool), ["title", "artist"]]
    for page, keys, held in (
        ("artists", ["artist"], theirs),
        ("songs", ["title", "artist"], songs),
    ):
        expected = set(held.itertuples(index=False, name=None))
        shown = open_page(either.workspace, page, top="Top 100").dataframe[0].value
        names = shown[keys].itertuples(index=False, name=None)
        words = ["yes" if each in expected else "no" for each in names]
        assert shown["is_in_catalogue"].tolist() == words
        assert set(words) == {"yes", "no"}


def test_a_song_tells_what_the_catalogue_holds_of_it(either: Shown) -> None:
    plays = last_days(either)
    songs = either.star.tables["songs"].set_index("song_id")
    for is_inferred in (False, True):
        own = plays[plays["is_inferred"].astype(bool) == is_inferred]
        most = own.groupby("song_id").size().idxmax()
        title, artist = own.loc[own["song_id"] == most, ["title", "artist"]].iloc[0]
        row = songs.loc[most].to_dict()
        minutes, seconds = divmod(round(float(row["duration"])), 60)
        length = f"{minutes}{SPACE}min{SPACE}{seconds}{SPACE}s long"
        year = "an unknown year" if pd.isna(row["year"]) else f"{row['year']:.0f}"
        words = text(open_page(either.workspace, "song", title=title, artist=artist))
        lacks = f"The catalogue lacks this song, which its plays say is {length}."
        holds = f"In the catalogue: from {year}, {length}."
        assert (lacks in words, holds in words) == (is_inferred, not is_inferred)


def test_places_tell_of_how_many_plays_they_are(either: Shown) -> None:
    plays = either.star.all_plays
    every = plays.groupby(["artist", "location"])["user_id"].nunique()
    artist = every.groupby("artist").max().idxmax()
    own = plays[plays["artist"] == artist]
    crowds = own.groupby("location")["user_id"].nunique()
    counts = own["location"].value_counts()[crowds.index][crowds >= LEAST]
    shown = counts.sort_values(ascending=False).head(TOP).sum()
    assert 0 < shown < len(own)
    words = text(open_page(either.workspace, "artist", period="All", artist=artist))
    assert f"n = {shown:,} of {len(own):,} plays." in words


def test_a_check_says_in_words_whether_it_passed(either: Shown) -> None:
    tables = [each.value for each in open_page(either.workspace, "health").dataframe]
    (checks,) = (each for each in tables if "Check name" in each)
    found = checks["Rows found"] > 0
    assert (checks.loc[~found, "Result"] == "passed").all()
    assert checks.loc[found, "Result"].tolist() == ["warning"] * found.sum()
    assert f"n = {len(checks)} checks" in text(open_page(either.workspace, "health"))


def test_a_weekday_alone_shows_its_own_busiest_hour(tmp_path: Path) -> None:
    friday, monday = 1541174400000, 1541408400000  # 2 Nov 16:00, 5 Nov 9:00, 2018
    hour = 3_600_000
    times = [friday, friday, *(monday + number * hour for number in range(5))]
    plays = [play(item, "Undo", "Björk", ts=ts) for item, ts in enumerate(times)]
    workspace = build_of(tmp_path, *plays)
    for chosen, cell in (
        ({}, "Friday at 16"),
        ({"weekday": "Monday"}, "Monday at 9"),
        ({"hour": "10"}, "Monday at 10"),
        ({"weekday": "Monday", "hour": "12"}, "Monday at 12"),
    ):
        cards = open_page(workspace, "when", **chosen).subheader
        words = literal(f"What is played on {cell} o'clock?")
        assert words in [each.value for each in cards]


def test_who_changes_the_level_is_counted_of_both_levels(either: Shown) -> None:
    plays = last_days(either).sort_values(["start_time", "level"])
    levels = plays.groupby("user_id")["level"].agg(["first", "last", "nunique"])
    changed = levels[levels["nunique"] == 2]
    everything = either.star.all_plays.sort_values(["start_time", "level"])
    before = everything.groupby("user_id")["level"].shift()
    is_change = before.notna() & (before != everything["level"])
    changed_to = everything.loc[is_change & everything.index.isin(plays.index), "level"]
    expected = {
        "Free only": ((levels["nunique"] == 1) & (levels["first"] == "free")).sum(),
        "Upgraded": (changed["first"] < changed["last"]).sum(),
        "Downgraded": (changed["first"] > changed["last"]).sum(),
    }
    for level in ("All", "Paid"):
        page = open_page(either.workspace, "listeners", level=level)
        shown = figures(page)
        found = {name: int(shown[name].replace(",", "")) for name in expected}
        assert found == expected
        changes = page.dataframe[0].value
        counts = [changes[kind].sum() for kind in ("Upgrades", "Downgrades")]
        assert counts == [(changed_to == to).sum() for to in ("paid", "free")]
        assert any(counts)
        n = f"n = {len(levels):,} listeners"
        assert n in text(page)
        assert (f"{n}, whichever level is chosen" in text(page)) == (level == "Paid")


def test_days_without_an_evening_say_so(either: Shown) -> None:
    plays = either.star.all_plays
    first = plays["play_date"].min()
    day = first + pd.Timedelta(days=6 - first.weekday() + 7)
    sunday = f"{day:%Y-%m-%d}"
    chosen = {"period": "Custom", "days": [sunday, sunday]}
    page = open_page(either.workspace, "when", **chosen)
    assert "These days hold no whole evening of Monday to Friday." in text(page)
    page = open_page(either.workspace, "when", weekday="Monday", **chosen)
    assert "These days have no Monday at 0 o'clock." in text(page)
    page = open_page(either.workspace, "when", weekday="Sunday", **chosen)
    evening = plays[(plays["play_date"] == day) & (plays["start_time"].dt.hour >= 18)]
    assert f"n = {len(evening):,} plays of 1 evening." in text(page)
    assert "These days hold no whole evening" not in text(page)


@pytest.mark.parametrize("page", ["listeners", "places"])
def test_a_page_that_compares_nothing_names_no_earlier_days(
    either: Shown, page: str
) -> None:
    last = pd.Timestamp(either.star.all_plays["play_date"].max())
    days = [f"{last - pd.Timedelta(days=number):%Y-%m-%d}" for number in (8, 2)]
    chosen = {"period": "Custom", "days": days}
    assert "Compared with" in text(open_page(either.workspace, "songs", **chosen))
    assert "Compared with" not in text(open_page(either.workspace, page, **chosen))


@pytest.mark.parametrize("page", ["listeners", "places"])
def test_a_cut_day_of_earlier_days_cuts_nothing_that_is_not_compared(
    real: Shown, page: str
) -> None:
    first = real.star.all_plays["play_date"].min()  # begins at 21:01
    days = [f"{first + pd.Timedelta(days=number):%Y-%m-%d}" for number in (7, 13)]
    chosen = {"period": "Custom", "days": days}
    words = "Incomplete: the data begins on 1 Nov 2018"
    assert words in text(open_page(real.workspace, "songs", **chosen))
    assert words not in text(open_page(real.workspace, page, **chosen))


def test_a_search_without_a_hit_leaves_the_distribution(either: Shown) -> None:
    page = open_page(either.workspace, "songs", search="zzzzqq")
    assert "No name here contains that" in text(page)
    number = len(last_days(either).groupby(["title", "artist"]))
    assert f"n = {number:,} songs" in text(page)


def test_an_hour_that_the_last_day_lacks_is_no_hour_of_an_average(real: Shown) -> None:
    plays = last_days(real)
    friday = plays[plays["start_time"].dt.day_name() == "Friday"]
    page = open_page(real.workspace, "when")
    _, rows = charted(page, "At which hours of the week?")
    shown = rows[rows["weekday"] == "Friday"].set_index("hour")["plays_per_day"]
    for hour in (18, 19, 20, 23):  # the last of four Fridays ends at 19:54
        number = (friday["start_time"].dt.hour == hour).sum()
        assert shown[hour] == pytest.approx(number / (4 if hour < 20 else 3))
