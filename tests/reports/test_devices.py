"""User agents are told apart as their browsers' makers mean them."""

import pandas as pd
import pytest

from sparkify.reports.devices import (
    browser,
    by_browser,
    by_platform,
    devices,
    platform,
)
from tests.support.report_stars import CASES, ReportStar

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"

AGENTS = [
    (
        f"Mozilla/5.0 (Windows NT 6.1; WOW64) {WEBKIT} Chrome/36.0.1985.125 "
        "Safari/537.36",
        "Windows",
        "Chrome",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_4) AppleWebKit/537.78.2 (KHTML, "
        "like Gecko) Version/7.0.6 Safari/537.78.2",
        "macOS",
        "Safari",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.9; rv:31.0) Gecko/20100101 "
        "Firefox/31.0",
        "macOS",
        "Firefox",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 7_1_2 like Mac OS X) AppleWebKit/537.51.2 "
        "(KHTML, like Gecko) Version/7.0 Mobile/11D257 Safari/9537.53",
        "iOS",
        "Safari",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 7_1_2 like Mac OS X) AppleWebKit/537.51.1 "
        "(KHTML, like Gecko) CriOS/36.0.1985.57 Mobile/11D257 Safari/9537.53",
        "iOS",
        "Chrome",
    ),
    (
        f"Mozilla/5.0 (Linux; Android 4.4.4; Nexus 5) {WEBKIT} Chrome/36.0.1985.131 "
        "Mobile Safari/537.36",
        "Android",
        "Chrome",
    ),
    (
        f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Ubuntu Chromium/36.0.1985.125 "
        "Chrome/36.0.1985.125 Safari/537.36",
        "Linux",
        "Chrome",
    ),
    (
        "Mozilla/5.0 (X11; Fedora; Linux x86_64; rv:31.0) Gecko/20100101 Firefox/31.0",
        "Linux",
        "Firefox",
    ),
    (
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
        "Windows",
        "Internet Explorer",
    ),
    (
        "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
        "Windows",
        "Internet Explorer",
    ),
    (
        "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.17",
        "Windows",
        "other",
    ),
    (
        f"Mozilla/5.0 (X11; CrOS x86_64 5841.83.0) {WEBKIT} Chrome/36.0.1985.138 "
        "Safari/537.36",
        "other",
        "Chrome",
    ),
    ("curl/7.37.1", "other", "other"),
    ("", "unknown", "unknown"),
]


@pytest.mark.parametrize(("agent", "its_platform", "its_browser"), AGENTS)
def test_a_user_agent_gives_its_platform_and_browser(
    agent: str, its_platform: str, its_browser: str
) -> None:
    for sent in (agent, f'"{agent}"'):
        assert platform(sent) == its_platform
        assert browser(sent) == its_browser


def test_plays_are_summed_and_shared() -> None:
    agents = [AGENTS[position][0] for position in (0, 1, 2, 8)]
    rows = pd.DataFrame({"user_agent": agents, "plays": [4, 3, 2, 1], "listeners": 1})
    assert by_platform(rows).to_dict("list") == {
        "platform": ["Windows", "macOS"],
        "plays": [5, 5],
        "share": [0.5, 0.5],
    }
    assert by_browser(rows).to_dict("list") == {
        "browser": ["Chrome", "Safari", "Firefox", "Internet Explorer"],
        "plays": [4, 3, 2, 1],
        "share": [0.4, 0.3, 0.2, 0.1],
    }


@pytest.mark.parametrize("case", CASES)
def test_platforms_and_browsers_match_the_text_of_the_user_agents(
    star: ReportStar, case: str
) -> None:
    rows = star.report("user_agents", star.filters(case))
    agents = star.plays(star.filters(case))["user_agent"].fillna("")
    platforms = {
        "Windows": agents.str.contains("Windows NT"),
        "macOS": agents.str.contains("Macintosh"),
        "iOS": agents.str.contains("iPhone|iPad"),
        "Linux": agents.str.contains("X11; .*Linux"),
        "unknown": agents == "",
    }
    browsers = {
        "Chrome": agents.str.contains("Chrome/"),
        "Firefox": agents.str.contains("Firefox/"),
        "Safari": agents.str.contains(r"Version/[\d.]+ (?:Mobile/\w+ )?Safari/"),
        "Internet Explorer": agents.str.contains("Trident/"),
        "unknown": agents == "",
    }
    for table, kind, masks in (
        (by_platform(rows), "platform", platforms),
        (by_browser(rows), "browser", browsers),
    ):
        counts = {name: int(mask.sum()) for name, mask in masks.items() if mask.any()}
        assert dict(zip(table[kind], table["plays"], strict=True)) == counts
        assert table["plays"].sum() == len(agents)
        assert table["plays"].is_monotonic_decreasing
        assert table["share"].tolist() == [
            plays / len(agents) for plays in table["plays"]
        ]


def test_a_device_has_the_user_agents_of_a_platform_or_a_browser() -> None:
    agents = [agent for agent, *_ in AGENTS]
    rows = pd.DataFrame({"user_agent": agents, "plays": range(len(agents), 0, -1)})
    found = devices(rows)
    assert set(found) == {
        *("Windows", "macOS", "iOS", "Android", "Linux", "Other platform"),
        *("Chrome", "Safari", "Firefox", "Internet Explorer", "Other browser"),
    }
    assert next(iter(found)) == "Windows"
    assert list(found).index("Other platform") < list(found).index("Chrome")
    for agent, its_platform, its_browser in AGENTS:
        names = {name for name, its_agents in found.items() if agent in its_agents}
        labels = {
            its_platform.replace("other", "Other platform"),
            its_browser.replace("other", "Other browser"),
        }
        assert names == labels - {"unknown"}


def test_the_cases_with_a_device_have_some_plays_but_not_all(star: ReportStar) -> None:
    ever = star.plays(star.filters("everything"))
    in_metro = star.plays(star.filters("browser in metro"))
    of_browser = ever["user_agent"].isin(in_metro["user_agent"]).sum()
    assert 0 < len(in_metro) < of_browser < len(ever)
    assert 0 < len(star.plays(star.filters("platform"))) < len(ever)
