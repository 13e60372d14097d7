"""A device is chosen as all its user agents, on each page, and only if it has some."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.support.dashboards import (
    BY_LINK,
    EVERY_PAGE,
    Shown,
    assert_sound,
    build_of,
    days,
    figures,
    names_of,
    open_page,
    text,
)
from tests.support.records import play
from tests.support.report_stars import FIREFOX

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]

ON_LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:31.0) Gecko/20100101 Firefox/31.0"
DAYS_LATER = 1_542_800_000_000  # on 21 November
MOST_AGENTS = 500  # that the report shows
ON_CHROME_OS = "Mozilla/5.0 (X11; CrOS x86_64 5841.83.0) Chrome/36.0.1985.138"


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_a_page_names_the_device(demo: Shown, page: str) -> None:
    dashboard = open_page(demo.workspace, page, device="Firefox")
    assert_sound(dashboard)
    assert dashboard.selectbox(key="device").value == "Firefox"
    if page != "health":
        assert ", Firefox." in text(dashboard)


@pytest.mark.parametrize("page", BY_LINK)
def test_a_song_and_an_artist_count_the_plays_of_the_device(
    demo: Shown, page: str
) -> None:
    names = names_of(page, demo.workspace)
    plays = demo.star.all_plays
    own = plays[plays["user_agent"].str.contains(FIREFOX)]
    for column, name in names.items():
        own = own[own[column] == name]
    dashboard = open_page(demo.workspace, page, period="All", device="Firefox")
    assert_sound(dashboard)
    assert 0 < len(own) < len(plays)
    assert figures(dashboard)["Plays"] == f"{len(own):,}"
    assert figures(dashboard)["Listeners"] == f"{own['user_id'].nunique():,}"


def test_a_search_keeps_the_device(demo: Shown) -> None:
    name = names_of("artist", demo.workspace)["artist"]
    plays = demo.star.all_plays
    own = plays[(plays["artist"] == name) & plays["user_agent"].str.contains(FIREFOX)]
    dashboard = open_page(demo.workspace, period="All", device="Firefox")
    dashboard.text_input(key="find").set_value(name).run()
    dashboard.button(key="result-0").click().run()
    assert_sound(dashboard)
    assert dashboard.title[0].value == name
    assert figures(dashboard)["Plays"] == f"{len(own):,}"


def test_what_is_offered_is_known_and_other_devices_have_a_name(
    tmp_path: Path,
) -> None:
    agents = [ON_LINUX, ON_LINUX, ON_CHROME_OS, None]
    plays = [
        play(number, "Undo", "Björk", userAgent=agent)
        for number, agent in enumerate(agents)
    ]
    workspace = build_of(tmp_path, *plays)
    dashboard = open_page(workspace, device="Other platform")
    assert_sound(dashboard)
    assert dashboard.selectbox(key="device").options == [
        "All devices",
        *("Linux", "Other platform"),
        *("Firefox", "Chrome"),
    ]
    assert figures(dashboard)["Plays"] == "1"
    for device, count in (("Linux", "2"), ("all", "4")):
        dashboard.selectbox(key="device").set_value(device).run()
        assert figures(dashboard)["Plays"] == count


def test_the_charts_say_how_many_plays_rare_user_agents_have(tmp_path: Path) -> None:
    plays = [
        play(number, "Undo", "Björk", userAgent=f"{ON_LINUX} {number}")
        for number in range(503)
    ]
    dashboard = open_page(build_of(tmp_path, *plays), "places", period="All")
    assert_sound(dashboard)
    told = "n = 500 plays. Not shown: 3 plays by rare or unknown user agents."
    assert text(dashboard).count(told) == 2


def test_a_bar_counts_what_its_filter_finds(tmp_path: Path) -> None:
    usual = [f"{ON_LINUX} {number}" for number in range(MOST_AGENTS)]
    first = [
        play(number, "Undo", "Björk", userAgent=agent)
        for number, agent in enumerate(usual * 2)
    ]
    last = [
        play(number, "Undo", "Björk", sessionId=8, ts=DAYS_LATER, userAgent=agent)
        for number, agent in enumerate([usual[0], f"{ON_LINUX} new", ON_CHROME_OS])
    ]
    workspace = build_of(tmp_path, *first, *last)
    day = days(date(2018, 11, 21), date(2018, 11, 21))
    dashboard = open_page(workspace, "places", **day)
    assert "n = 1 play. Not shown: 2 plays by rare" in text(dashboard)
    assert dashboard.selectbox(key="device").options[1:] == ["Linux", "Firefox"]
    overview = open_page(workspace, device="Linux", **day)
    assert figures(overview)["Plays"] == "1"


def test_a_star_of_an_earlier_version_shows_the_remedy(tmp_path: Path) -> None:
    workspace = build_of(tmp_path, play(0, "Undo", "Björk"))
    folder = workspace / "warehouse"
    with duckdb.connect(folder / (folder / "current").read_text()) as star:
        star.execute("alter table session_days drop column user_agent")
    dashboard = open_page(workspace)
    assert not dashboard.exception
    assert "an earlier version of Sparkify built this star" in text(dashboard)
    assert "sparkify run" in text(dashboard)
    build_of(tmp_path, play(0, "Undo", "Björk"), play(1, "Undo", "Björk"))
    dashboard.run()
    assert_sound(dashboard)
    assert figures(dashboard)["Plays"] == "2"
