"""Recognises the other layouts of eventsim, the simulator of the activity logs.

Its topics `listen_events` and `page_view_events` name the duration of a song
`duration`, and give the city and the state of a user apart. Every record of
`listen_events` is a play, so it has no `page`.
"""

from typing import Any

from sparkify.ingest.record_schema import PLAY


def as_logged(members: dict[str, Any]) -> bool:
    """Bring the members of an event to the layout of the logs, in place.

    Returns:
        Whether the event had another layout.
    """
    has_duration = "duration" in members and members.get("length") is None
    is_listen = has_duration and "page" not in members
    is_changed = False
    if is_listen and members.get("song") and members.get("artist"):
        members["page"] = PLAY
        is_changed = True
    if has_duration:
        members["length"] = members.pop("duration")
        is_changed = True
    if members.get("location") is None and {"city", "state"} <= members.keys():
        place = [members.pop("city"), members.pop("state")]
        if all(isinstance(part, str) and part.strip() for part in place):
            members["location"] = ", ".join(place)
        is_changed = True
    return is_changed
