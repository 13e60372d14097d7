"""Each page says what is so, in whichever state the data and the filters are."""

import struct
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.dashboards import (
    EVERY_PAGE,
    Shown,
    assert_sound,
    build_of,
    days,
    figures,
    menus,
    names_of,
    open_page,
    text,
    turn_to,
)
from tests.support.records import play

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]
every_page = pytest.mark.parametrize("page", EVERY_PAGE)

ALL_BUT_HEALTH = [page for page in EVERY_PAGE if page != "health"]
USER = {"firstName": "Quirinius", "lastName": "Zzyzx", "userId": "987654321"}


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a star with a single play, of a song that the catalogue holds."""
    return build_of(tmp_path_factory.mktemp("single"), play(0, "Undo", "Björk"))


@pytest.fixture(scope="module")
def inferred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a star without a single play of a song of the catalogue."""
    plays = (play(item, f"Song {item}", "Nobody", **USER) for item in range(4))
    return build_of(tmp_path_factory.mktemp("inferred"), *plays)


def press(dashboard: AppTest, label: str) -> AppTest:
    (button,) = (each for each in dashboard.button if each.label == label)
    return button.click().run()


@every_page
def test_a_page_shows_the_last_days_of_the_data(either: Shown, page: str) -> None:
    dashboard = open_page(either.workspace, page)
    assert_sound(dashboard)
    assert len(dashboard.get("vega_lite_chart")) >= 1


@pytest.mark.parametrize("page", ALL_BUT_HEALTH)
def test_a_page_without_plays_shows_the_way_back(demo: Shown, page: str) -> None:
    empty = days(date(2017, 1, 1), date(2017, 1, 7))
    dashboard = open_page(demo.workspace, page, **empty)
    assert_sound(dashboard)
    (words,) = (each.value for each in dashboard.info)
    assert "1 Jan to 7 Jan 2017" in words
    assert "1 Sep to 30 Nov 2018" in words
    assert not dashboard.get("vega_lite_chart")
    dashboard.button(key="reset-empty").click().run()
    assert_sound(dashboard)
    assert not any("played" in each.value for each in dashboard.info)
    assert dashboard.get("vega_lite_chart")


def test_the_health_page_counts_the_days_without_plays(tmp_path: Path) -> None:
    minutes = 3 * 24 * 60
    plays = (play(item, "Undo", "Björk") for item in (0, minutes))
    dashboard = open_page(build_of(tmp_path, *plays), "health")
    assert_sound(dashboard)
    (words,) = (str(each.value) for each in dashboard.warning)
    assert words == "2 days without a play: 2 Nov 2018, 3 Nov 2018."
    free = open_page(tmp_path / "workspace", "health", level="Paid")
    assert [str(each.value) for each in free.warning] == [words]


@every_page
def test_a_page_shows_a_single_play(single: Path, page: str) -> None:
    dashboard = open_page(single, page)
    assert_sound(dashboard)
    assert not any("No song" in each.value for each in dashboard.info)


def test_an_incomplete_last_day_is_marked(single: Path) -> None:
    end = "Incomplete: the data begins on 1 Nov 2018 at 20:57"
    assert end in text(open_page(single))
    before = days(date(2018, 10, 1), date(2018, 10, 31))
    assert "Incomplete" not in text(open_page(single, **before))


@every_page
def test_each_answer_shows_its_table_csv_and_sql(demo: Shown, page: str) -> None:
    dashboard = open_page(demo.workspace, page)
    tables, shown = len(dashboard.dataframe), menus(dashboard)
    for key in shown:
        dashboard.session_state[key] = True
    dashboard.run()
    assert_sound(dashboard)
    assert len(dashboard.get("download_button")) == len(shown) > 0
    assert len(dashboard.dataframe) == tables + 2 * len(shown)
    texts = [code.value for code in dashboard.code if code.language == "sql"]
    assert len(texts) >= len(shown)
    assert all(each.startswith("-- ") for each in texts)


@every_page
def test_a_page_shows_a_single_day(either: Shown, page: str) -> None:
    last = either.star.all_plays["play_date"].max()
    dashboard = open_page(either.workspace, page, **days(last, last))
    assert_sound(dashboard)
    assert f"{last:%-d %b %Y}" in text(dashboard)


@every_page
def test_a_page_shows_a_star_whose_songs_are_all_inferred(
    inferred: Path, page: str
) -> None:
    assert_sound(open_page(inferred, page))
    if page in ("songs", "artists"):
        dashboard = open_page(inferred, page)
        dashboard.toggle(key="catalogue").set_value(True).run()
        assert_sound(dashboard)


def test_a_missing_warehouse_shows_the_remedy(tmp_path: Path) -> None:
    dashboard = open_page(tmp_path / "nothing")
    assert not dashboard.exception
    assert "sparkify run" in dashboard.error[0].value
    assert "make run" in text(dashboard)
    build_of(tmp_path / "nothing", play(0, "Undo", "Björk"))


def test_a_newly_published_star_is_shown_at_the_next_rerun(
    tmp_path: Path,
) -> None:
    workspace = build_of(tmp_path, play(0, "Undo", "Björk"))
    dashboard = open_page(workspace)
    assert figures(dashboard)["Plays"] == "1"
    for plays in (2, 3, 4):
        build_of(tmp_path, *(play(item, "Undo", "Björk") for item in range(plays)))
        dashboard.run()
        assert_sound(dashboard)
        assert figures(dashboard)["Plays"] == str(plays)


@pytest.mark.parametrize(
    "query",
    [
        {
            **{"period": "zzz", "compare": "", "level": "god"},
            **{"metro": "Atlantis", "device": "Amiga"},
        },
        {"period": "Custom", "days": ["junk", "2018-02-31"]},
        {"period": "Custom", "days": ["0001-01-01", "9999-12-31"]},
        {"period": "Custom", "days": ["2012-11-01", "2025-10-31"]},
        {"period": "Custom", "days": ["2018-11-10", "2018-11-09"]},
        {"period": "Custom", "days": ["2018-11-10"]},
        {"period": "Custom", "days": ["2018-11-10"] * 3},
        {"compare": "Custom days", "compare-days": ["2018-11-10", "x"]},
        {"metro": "'; drop table songplays; --", "days": "2018-11-10", "x": "<b>"},
        {"grain": "By year", "zone": "Mars", "weekday": "Noday", "hour": "99"},
        {"grain": "By hour", "period": "All", "title": "<b>", "artist": "$x$"},
    ],
    ids=[
        *("words", "dates", "ends of time", "decade", "turned", "one day"),
        *("three days", "half a comparison", "foreign", "choices", "names"),
    ],
)
def test_junk_in_the_link_does_no_harm(demo: Shown, query: dict[str, Any]) -> None:
    dashboard = open_page(demo.workspace, **query)
    for page in EVERY_PAGE:
        assert_sound(turn_to(dashboard, page))


def test_earlier_and_later_move_by_the_length_of_the_period(demo: Shown) -> None:
    dashboard = open_page(demo.workspace, **days(date(2018, 11, 5), date(2018, 11, 11)))
    assert "5 Nov to 11 Nov 2018" in text(dashboard)
    first = figures(dashboard)
    press(dashboard, "Earlier")
    assert "29 Oct to 4 Nov 2018" in text(dashboard)
    assert figures(dashboard) != first
    press(dashboard, "Later")
    assert figures(dashboard) == first
    for _ in range(2):
        press(dashboard, "Later")
    assert "19 Nov to 25 Nov 2018" in text(dashboard)
    press(dashboard, "Later")
    (later,) = (each for each in dashboard.button if each.label == "Later")
    assert later.disabled  # the data ends on 30 November


def test_reset_restores_every_filter(demo: Shown) -> None:
    dashboard = open_page(demo.workspace)
    first = figures(dashboard)
    dashboard.pills(key="period").set_value("all")
    dashboard.segmented_control(key="level").set_value("free")
    dashboard.selectbox(key="device").set_value("Firefox")
    dashboard.selectbox(key="compare").set_value("none").run()
    assert figures(dashboard) != first
    press(dashboard, "Reset")
    assert_sound(dashboard)
    assert figures(dashboard) == first


@pytest.mark.parametrize("page", ["songs", "artists"])
def test_a_search_finds_a_name_or_says_that_there_is_none(
    demo: Shown, page: str
) -> None:
    dashboard = open_page(demo.workspace, page)
    ranking = dashboard.dataframe[0].value
    name = str(ranking["artist"].iloc[-1])
    dashboard.text_input(key="search").set_value(name.upper()).run()
    assert name in set(dashboard.dataframe[0].value["artist"])
    dashboard.text_input(key="search").set_value("no such name").run()
    assert_sound(dashboard)
    assert any("try a part of it" in each.value for each in dashboard.info)


@pytest.mark.parametrize("size", [10, 25, 50, 100])
def test_a_ranking_has_the_chosen_number_of_rows(demo: Shown, size: int) -> None:
    dashboard = open_page(demo.workspace, "songs")
    dashboard.segmented_control(key="top").set_value(size).run()
    assert_sound(dashboard)
    assert len(dashboard.dataframe[0].value) == size


def test_the_filters_stay_from_page_to_page(demo: Shown) -> None:
    dashboard = open_page(demo.workspace, **names_of("song", demo.workspace))
    dashboard.segmented_control(key="level").set_value("free").run()
    for page in EVERY_PAGE:
        turn_to(dashboard, page)
        assert_sound(dashboard)
        assert dashboard.segmented_control(key="level").value == "free"
        if page != "health":
            assert "free plays" in text(dashboard)


@every_page
def test_no_page_reveals_who_a_user_is(inferred: Path, page: str) -> None:
    dashboard = open_page(inferred, page)
    if page == "places":
        dashboard.toggle(key="unfolded").set_value(True).run()
    assert_sound(dashboard)
    sent = b"".join(
        node.proto.SerializeToString()
        for node in dashboard._tree
        if getattr(node, "proto", None) is not None
    )
    assert len(sent) > 5_000
    number = int(USER["userId"])
    for trace in (
        USER["firstName"].encode(),
        USER["lastName"].encode(),
        USER["userId"].encode(),
        struct.pack("<i", number),
        struct.pack("<d", number),
    ):
        assert trace not in sent


def test_a_day_before_the_first_play_is_not_called_missing(single: Path) -> None:
    dashboard = open_page(single, "health")
    assert_sound(dashboard)
    assert not any("without a play" in str(each.value) for each in dashboard.warning)


@every_page
def test_a_star_without_a_play_says_so(page: str, tmp_path: Path) -> None:
    home = play(0, "Undo", "Björk", page="Home")
    dashboard = open_page(build_of(tmp_path, home), page)
    assert_sound(dashboard)
    assert "no play yet" in text(dashboard)
    assert "2000" not in text(dashboard)
