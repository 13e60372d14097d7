"""Derives the platforms and browsers of the listeners from their user agents."""

import pandas as pd
import ua_parser

OTHER, UNKNOWN = "other", "unknown"

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
    """Return the platform: Windows, macOS, iOS, Android, Linux, other or unknown.

    Args:
        user_agent: The text that the browser sent; the logs put some texts in quotes.
            It is unknown if it is empty.
    """
    text = user_agent.strip('"')
    if not text:
        return UNKNOWN
    found = ua_parser.parse_os(text)
    return PLATFORMS.get(found.family, OTHER) if found else OTHER


def browser(user_agent: str) -> str:
    """Return the browser: Chrome, Firefox, Safari, Internet Explorer, other or unknown.

    Args:
        user_agent: The text that the browser sent; the logs put some texts in quotes.
            It is unknown if it is empty.
    """
    text = user_agent.strip('"')
    if not text:
        return UNKNOWN
    found = ua_parser.parse_user_agent(text)
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


def device_label(kind: str, name: str) -> str:
    """Return the name of a platform or a browser among all devices.

    Args:
        kind: `platform` or `browser`.
        name: One of its names, of which `other` is the same for both kinds.
    """
    return f"Other {kind}" if name == OTHER else name


def devices(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the user agents of each device by its label, which filters take.

    Args:
        rows: The rows of the report `user_agents`.

    Returns:
        The platforms, then the browsers, the most used of each first. The unknown are
        left out, as they have no user agent.
    """
    found = {}
    for kind, name_of, sums in (
        ("platform", platform, by_platform),
        ("browser", browser, by_browser),
    ):
        names = rows["user_agent"].map(name_of)
        for name in sums(rows)[kind]:
            if name != UNKNOWN:
                agents = rows.loc[names == name, "user_agent"]
                found[device_label(kind, name)] = tuple(agents)
    return found


def _shares(plays: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    """Sum plays by kind, and add the share of each kind."""
    sums = plays.groupby(kinds).sum().reset_index()
    sums["share"] = sums["plays"] / sums["plays"].sum()
    order = ["plays", str(kinds.name)]
    return sums.sort_values(order, ascending=[False, True], ignore_index=True)
