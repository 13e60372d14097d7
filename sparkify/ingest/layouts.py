"""Recognises the other layouts of eventsim, the simulator of the activity logs.

Its topics `listen_events` and `page_view_events` name the duration of a song
`duration`, and give the city and the state of a user apart. Every record of
`listen_events` is a play, so it has no `page`; one that lost its duration is a play
without a length. The topics `auth_events` (logins) and
`status_change_events` (changes of the level) hold no plays.
"""

from collections.abc import Set as AbstractSet
from typing import Any

from sparkify.ingest.record_schema import PLAY

EVENT = {"ts", "sessionid"}  # keys of each topic's records, in lower case
OF_PLAYS = {"page", "song", "artist", "length", "duration"}  # one is in each log
PARTS_OF_PLACE = {"city", "state"}
OF_PAGES = {"page", "length", "method", "status"}  # none is in listen_events


def is_log(keys: AbstractSet[str]) -> bool:
    """Return whether a record with these keys, in lower case, belongs to the logs."""
    return keys >= EVENT and not keys.isdisjoint(OF_PLAYS)


def topic_without_plays(keys: AbstractSet[str]) -> str:
    """Return the topic without plays that a record with these keys belongs to.

    Args:
        keys: The keys of the record, in lower case.

    Returns:
        `auth_events` or `status_change_events`; an empty text for any other record.
    """
    if not keys >= EVENT or is_log(keys):
        return ""
    if "success" in keys:
        return "auth_events"
    return "status_change_events" if {"auth", "level"} <= keys else ""


def as_logged(members: dict[str, Any]) -> bool:
    """Bring the members of an event to the layout of the logs, in place.

    Returns:
        Whether the event had another layout.
    """
    has_duration = "duration" in members and members.get("length") is None
    has_parts = members.keys() >= PARTS_OF_PLACE
    is_listen = "page" not in members and (
        has_duration or (has_parts and OF_PAGES.isdisjoint(members))
    )
    is_changed = False
    if is_listen and members.get("song") and members.get("artist"):
        members["page"] = PLAY
        is_changed = True
    if has_duration:
        members["length"] = members.pop("duration")
        is_changed = True
    if members.get("location") is None and has_parts:
        place = [members.pop("city"), members.pop("state")]
        if all(isinstance(part, str) and part.strip() for part in place):
            members["location"] = ", ".join(place)
        is_changed = True
    return is_changed
