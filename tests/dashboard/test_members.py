"""What rankings and the pages of a song and an artist say is what pandas counts."""

from pathlib import Path

import pandas as pd
import pytest

from tests.support.dashboards import Shown, build_of, figures, open_page, text
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


@pytest.mark.parametrize("page", ["songs", "artists"])
def test_the_concentration_stands_above_the_ranks(either: Shown, page: str) -> None:
    keys = {"songs": ["title", "artist"], "artists": ["artist"]}[page]
    counts = last_days(either).groupby(keys).size().sort_values().to_numpy()
    share = 100 * counts[-10:].sum() / counts.sum()
    found = figures(open_page(either.workspace, page))
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


def test_the_busiest_hour_is_not_called_the_busiest_weekday(tmp_path: Path) -> None:
    friday, monday = 1541174400000, 1541408400000  # 2 Nov 16:00, 5 Nov 9:00, 2018
    hour = 3_600_000
    times = [friday, friday, *(monday + number * hour for number in range(5))]
    plays = [play(item, "Undo", "Björk", ts=ts) for item, ts in enumerate(times)]
    page = open_page(build_of(tmp_path, *plays), "when")
    boxes = {each.key: each.proto.placeholder for each in page.selectbox}
    assert boxes["weekday"] == "Friday, with the busiest hour"
    assert boxes["hour"] == "16, the week's busiest"
