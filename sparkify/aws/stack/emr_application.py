"""The EMR Serverless application, and what its job runs cost.

An application costs nothing by itself: it has no worker until a job run starts, since
it is given no initial capacity.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sparkify.aws.artefacts import MACHINE
from sparkify.aws.emr_workers import Workers
from sparkify.aws.names import is_ours, tags
from sparkify.aws.session import Clients, find
from sparkify.aws.settings import Settings
from sparkify.aws.stack.finding import ABSENT, THERE, Change, Finding
from sparkify.aws.waiting import wait_until
from sparkify.progress import Progress

NOT_FOUND = "ResourceNotFoundException"
# Without TERMINATED: a deleted application is listed for a while.
ALIVE = ["CREATING", "CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED"]
CHANGEABLE = ("CREATED", "STOPPED")
IDLE_MINUTES = 5  # an idle application then stops itself


class EmrApplication:
    """An application that starts with a job run and stops when it is idle.

    Args:
        clients: The clients.
        settings: The AWS parameters.
    """

    kind = "emr application"
    cost = 0.0

    def __init__(self, clients: Clients, settings: Settings) -> None:
        self._clients = clients
        self._settings = settings
        self._id = ""
        self.name = settings.name

    @property
    def id(self) -> str:
        """The application's id; empty if there is none."""
        found = self._find()
        return str(found["applicationId"]) if found else ""

    def look(self) -> Finding:
        """Return the state of the application; change nothing."""
        found = self._find()
        if found is None:
            return Finding(ABSENT, (Change("create", self._create),))
        wanted = self._wanted()
        changed = [key for key in wanted if not _is_as(found.get(key), wanted[key])]
        if not changed:
            return Finding(THERE)
        return Finding(THERE, (Change(_words(changed), self._update),))

    def _wanted(self) -> dict[str, Any]:
        return {
            "releaseLabel": self._settings.release,
            "maximumCapacity": Workers.of(self._settings).limit,
            "autoStartConfiguration": {"enabled": True},
            "autoStopConfiguration": {
                "enabled": True,
                "idleTimeoutMinutes": IDLE_MINUTES,
            },
        }

    def _create(self) -> None:
        answer = self._clients.emr_serverless.create_application(
            name=self.name,
            type="SPARK",
            architecture=MACHINE.upper(),
            tags={tag["Key"]: tag["Value"] for tag in tags(self._settings)},
            **self._wanted(),
        )
        self._id = str(answer["applicationId"])
        self._wait("CREATED", "STARTED")

    def _update(self) -> None:
        """Stop the application, then change it: a started one cannot be changed."""
        found = self._find() or {}
        request = {"applicationId": self.id}
        if found.get("state") not in CHANGEABLE:
            self._clients.emr_serverless.stop_application(**request)
            self._wait(*CHANGEABLE)
        self._clients.emr_serverless.update_application(**request, **self._wanted())

    def _wait(self, *states: str) -> None:
        what = f"EMR Serverless application '{self.name}'"

        def look() -> tuple[bool, str]:
            state = str((self._find() or {}).get("state", "not listed yet"))
            return state in states, state

        wait_until(what, look, self._settings.deadline_minutes, Progress())

    def _find(self) -> dict[str, Any] | None:
        """Return our application; the id of a new one may not be listed yet."""
        if self._id:
            return get_application(self._clients, self._id)
        found = next(our_applications(self._clients, self._settings), None)
        self._id = str(found["applicationId"]) if found else ""
        return found


class EmrJobRun:
    """What a plan says of the job runs: 03_flatten starts and ends them.

    Args:
        settings: The AWS parameters.
    """

    kind = "emr job run"

    def __init__(self, settings: Settings) -> None:
        self._workers = Workers.of(settings)
        self.name = f"{self._workers.number} workers"

    @property
    def cost(self) -> float | None:
        """US dollars an hour while it runs; None if unknown."""
        dollars = self._workers.dollars
        return None if dollars is None else round(dollars, 3)

    def look(self) -> Finding:
        """Return when it runs, and what the run on the real data costs."""
        state = f"only while 03_flatten runs: {self._workers.run}"
        return Finding(state, is_later=True)


def our_applications(clients: Clients, settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the applications that carry our tag and are not deleted."""
    pages = clients.emr_serverless.get_paginator("list_applications")
    for page in pages.paginate(states=ALIVE):
        for listed in page["applications"]:
            found = get_application(clients, listed["id"])
            if found and is_ours(_as_tags(found.get("tags")), settings):
                yield found


def get_application(clients: Clients, name: str) -> dict[str, Any] | None:
    """Return an application by its id; None if there is none, or it is deleted."""
    get = partial(clients.emr_serverless.get_application, applicationId=name)
    answer = find(get, NOT_FOUND)
    found = dict(answer["application"]) if answer else {}
    return found if found.get("state") in ALIVE else None


def _as_tags(found: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (found or {}).items()]


def _is_as(found: Any, wanted: Any) -> bool:
    """Return whether a setting is as it must be; AWS may add to it."""
    if not isinstance(wanted, dict):
        return bool(found == wanted)
    given = found or {}
    return all(_plain(given.get(key)) == _plain(wanted[key]) for key in wanted)


def _plain(value: Any) -> Any:
    """Return a value without what AWS may write in another way: `4 vCPU`, `4vCPU`."""
    return value.replace(" ", "").lower() if isinstance(value, str) else value


def _words(keys: list[str]) -> str:
    names = {
        "releaseLabel": "release",
        "maximumCapacity": "capacity",
        "autoStartConfiguration": "auto start",
        "autoStopConfiguration": "auto stop",
    }
    return ", ".join(names[key] for key in keys)
