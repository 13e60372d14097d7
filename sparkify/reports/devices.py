"""Derives the platforms and browsers of the listeners from their user agents."""

import pandas as pd
import ua_parser

OTHER = "other"

# The families that ua-parser knows, with the platform or browser of each.
PLATFORMS = {
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Mac OS": "macOS",
    "iOS": "iOS",
    "Android": "Android",
    "Linux": "Linux",
    "Arch Linux": "Linux",
    "CentOS": "Linux",
    "Debian": "Linux",
    "Fedora": "Linux",
    "Gentoo": "Linux",
    "Kubuntu": "Linux",
    "Linux Mint": "Linux",
    "Mageia": "Linux",
    "Mandriva": "Linux",
    "Red Hat": "Linux",
    "Slackware": "Linux",
    "SUSE": "Linux",
    "Ubuntu": "Linux",
}
BROWSERS = {
    "Chrome": "Chrome",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chromium": "Chrome",
    "Firefox": "Firefox",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Safari": "Safari",
    "Mobile Safari": "Safari",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
}


def platform(user_agent: str) -> str:
    """Return the platform: Windows, macOS, iOS, Android, Linux or other.

    Args:
        user_agent: The text that the browser sent; the logs put some texts in quotes.
    """
    found = ua_parser.parse_os(user_agent.strip('"'))
    return PLATFORMS.get(found.family, OTHER) if found else OTHER


def browser(user_agent: str) -> str:
    """Return the browser: Chrome, Firefox, Safari, Internet Explorer or other.

    Args:
        user_agent: The text that the browser sent; the logs put some texts in quotes.
    """
    found = ua_parser.parse_user_agent(user_agent.strip('"'))
    return BROWSERS.get(found.family, OTHER) if found else OTHER


def by_platform(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum the plays of each platform.

    Args:
        rows: The rows of the report `user_agents`.

    Returns:
        `platform`, `plays` and `share` (of all plays), the most used first. There
        is no sum of listeners: a listener with two user agents would count twice.
    """
    return _shares(rows["plays"], rows["user_agent"].map(platform).rename("platform"))


def by_browser(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum the plays of each browser.

    Args:
        rows: The rows of the report `user_agents`.

    Returns:
        `browser`, `plays` and `share` (of all plays), the most used first. There
        is no sum of listeners: a listener with two user agents would count twice.
    """
    return _shares(rows["plays"], rows["user_agent"].map(browser).rename("browser"))


def _shares(plays: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    """Sum plays by kind, and add the share of each kind."""
    sums = plays.groupby(kinds).sum().reset_index()
    sums["share"] = sums["plays"] / sums["plays"].sum()
    order = ["plays", str(kinds.name)]
    return sums.sort_values(order, ascending=[False, True], ignore_index=True)
