"""Tells by the user agents what the listeners listen with."""

import pandas as pd
import ua_parser

OTHER = "other"

# The names that ua-parser gives to families of one platform or browser.
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
    """Gives the platform: Windows, macOS, iOS, Android, Linux or other.

    Args:
        user_agent: As the browser sends it; the logs put some of them in quotes.
    """
    found = ua_parser.parse_os(user_agent.strip('"'))
    return PLATFORMS.get(found.family, OTHER) if found else OTHER


def browser(user_agent: str) -> str:
    """Gives the browser: Chrome, Firefox, Safari, Internet Explorer or other.

    Args:
        user_agent: As the browser sends it; the logs put some of them in quotes.
    """
    found = ua_parser.parse_user_agent(user_agent.strip('"'))
    return BROWSERS.get(found.family, OTHER) if found else OTHER


def by_platform(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums the plays of each platform.

    Args:
        rows: The answer of the report `user_agents`.

    Returns:
        `platform`, `plays` and `share` (of all plays), the most used first. Listeners
        are left out: one may use several user agents, so that they do not add up.
    """
    return _shares(rows["plays"], rows["user_agent"].map(platform).rename("platform"))


def by_browser(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums the plays of each browser.

    Args:
        rows: The answer of the report `user_agents`.

    Returns:
        `browser`, `plays` and `share` (of all plays), the most used first. Listeners
        are left out: one may use several user agents, so that they do not add up.
    """
    return _shares(rows["plays"], rows["user_agent"].map(browser).rename("browser"))


def _shares(plays: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    """Sums plays by kind, and gives each kind's share."""
    sums = plays.groupby(kinds).sum().reset_index()
    sums["share"] = sums["plays"] / sums["plays"].sum()
    order = ["plays", str(kinds.name)]
    return sums.sort_values(order, ascending=[False, True], ignore_index=True)
