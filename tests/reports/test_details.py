"""One song, one artist: each figure is what pandas makes of that song's plays."""

import pandas as pd
import pytest

from sparkify.reports.report import Filters
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)

Song = tuple[str, str]
NASTY = "Robert'); drop table songs; -- \" % _ 歌"


@pytest.fixture(scope="module")
def some_songs(star: ReportStar) -> list[Song]:
    """Pick songs: much and little played, known and unknown, with several members."""
    plays, names = star.all_plays, ["title", "artist"]
    songs = star.tables["songs"].merge(
        star.tables["artists"].rename(columns={"name": "artist"})[
            ["artist_id", "artist"]
        ],
        on="artist_id",
    )
    unheard = songs[~songs["song_id"].isin(plays["song_id"])]
    pieces = [
        plays[names].value_counts().index[:1].to_frame(index=False),
        plays.loc[~plays["is_inferred"], names].value_counts().index[:1].to_frame(),
        plays.sort_values("songplay_id")[names].head(1),
        songs[songs.duplicated(names, keep=False)][names].head(3),
        unheard[names].head(1),
    ]
    rows = pd.concat(pieces).drop_duplicates()
    return list(zip(rows["title"], rows["artist"], strict=True))


def listening(plays: pd.DataFrame) -> dict[str, object]:
    """Sum plays up as a detail does."""
    return {"plays": len(plays), "listeners": len(set(plays["user_id"]))}


def counted(plays: pd.DataFrame, key: str) -> pd.DataFrame:
    return plays.groupby(key).size().reset_index(name="plays")


def by_day(star: ReportStar, filters: Filters, title: str, artist: str) -> pd.DataFrame:
    """Return the days of a song; of an artist, if the title is empty."""
    names = {"titles": (title,), "artists": (artist,)}
    days = star.report("members_by_day", filters, catalogue="all", **names)
    return days[["play_date", "plays"]]


def slots(plays: pd.DataFrame) -> pd.DataFrame:
    rows = plays.assign(quarter=plays["start_time"].dt.minute // 15)
    keys = ["play_date", "hour", "quarter"]
    return rows.groupby(keys).size().reset_index(name="plays")


@every_case
def test_a_song_has_the_plays_of_all_its_members(
    star: ReportStar, some_songs: list[Song], case: str
) -> None:
    filters = star.filters(case)
    plays, songs = star.plays(filters), star.tables["songs"]
    artists = star.tables["artists"]
    for title, artist in some_songs:
        ids = artists.loc[artists["name"] == artist, "artist_id"]
        members = songs[(songs["title"] == title) & songs["artist_id"].isin(ids)]
        first = members.sort_values(["is_inferred", "song_id"]).iloc[0]
        own = plays[(plays["title"] == title) & (plays["artist"] == artist)]
        expected = listening(own) | {
            "year": first["year"],
            "duration": first["duration"],
            "is_in_catalogue": not first["is_inferred"],
        }
        values = {"title": title, "artist": artist}
        answer = star.report("song_detail", filters, **values)
        assert_same(answer, pd.DataFrame([expected]))
        days = by_day(star, filters, title, artist)
        assert_same(days, counted(own, "play_date"))
        hours = star.report("song_by_slot", filters, **values)
        assert_same(hours, slots(own))
        assert days["plays"].sum() == hours["plays"].sum() == len(own)


@every_case
def test_an_artist_has_the_plays_of_all_ids_with_the_name(
    star: ReportStar, some_songs: list[Song], case: str
) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    for artist in dict.fromkeys(artist for _, artist in some_songs):
        own = plays[plays["artist"] == artist]
        expected = listening(own) | {"songs": len(set(own["title"]))}
        answer = star.report("artist_detail", filters, artist=artist)
        assert_same(answer, pd.DataFrame([expected]))
        days = by_day(star, filters, "", artist)
        assert_same(days, counted(own, "play_date"))
        hours = star.report("artist_by_slot", filters, artist=artist)
        assert_same(hours, slots(own))
        songs = own.groupby("title").agg(
            plays=("user_id", "size"), listeners=("user_id", "nunique")
        )
        songs = songs.reset_index().sort_values(
            ["plays", "title"], ascending=[False, True]
        )
        answer = star.report("artist_songs", filters, artist=artist, top=5_000)
        assert_same(answer, songs)
        assert days["plays"].sum() == hours["plays"].sum() == len(own)
        assert answer["plays"].sum() == len(own)
        few = star.report("artist_songs", filters, artist=artist, top=2)
        assert_same(few, songs.head(2))


def test_an_unknown_song_or_artist_has_no_row(star: ReportStar) -> None:
    filters = star.filters("everything")
    song, artist = {"title": NASTY, "artist": NASTY}, {"artist": NASTY, "top": 5}
    for name in ("song_detail", "song_by_slot"):
        assert star.report(name, filters, **song).empty
    for name in ("artist_detail", "artist_by_slot", "artist_songs"):
        assert star.report(name, filters, **artist).empty
    for title in (NASTY, ""):
        assert by_day(star, filters, title, NASTY).empty


def test_songs_with_one_title_are_told_apart_by_their_artist(
    star: ReportStar, some_songs: list[Song]
) -> None:
    filters = star.filters("everything")
    (title, artist), *_ = some_songs
    other = next(name for _, name in some_songs if name != artist)
    assert len(star.report("song_detail", filters, title=title, artist=artist)) == 1
    assert star.report("song_detail", filters, title=title, artist=other).empty
