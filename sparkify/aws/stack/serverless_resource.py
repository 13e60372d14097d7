"""What a namespace and a workgroup of Redshift Serverless have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sparkify.aws.names import Names
from sparkify.aws.session import Clients
from sparkify.aws.settings import TAG
from sparkify.aws.stack.finding import ABSENT, NOT_OURS, THERE, Change, Finding
from sparkify.aws.waiting import wait_until
from sparkify.errors import CloudError
from sparkify.progress import Progress

NO_RESOURCE = "ResourceNotFoundException"
INVALID = "ValidationException"
AVAILABLE = "AVAILABLE"
DELETING = "DELETING"


class ServerlessResource(ABC):
    """A namespace or a workgroup of ours.

    Args:
        clients: The clients.
        names: The names of the resources.
    """

    kind: str

    def __init__(self, clients: Clients, names: Names) -> None:
        self._redshift = clients.redshift_serverless
        self._settings = names.settings
        self._is_created = False  # by us; Redshift may not list it for some seconds
        self.name = names.workgroup

    @abstractmethod
    def find(self) -> dict[str, Any] | None:
        """Return AWS's description of the resource; None if it does not exist."""

    @abstractmethod
    def _arn(self, found: dict[str, Any]) -> str:
        """Return its ARN."""

    @abstractmethod
    def _create(self) -> None:
        """Create it, once AWS knows what it needs."""

    @abstractmethod
    def _changes(self, found: dict[str, Any]) -> tuple[Change, ...]:
        """Return the changes after which it is as it must be."""

    @property
    def arn(self) -> str:
        """The ARN; empty if the resource does not exist."""
        found = self.find()
        return self._arn(found) if found else ""

    def look(self) -> Finding:
        """Return the state of the resource; change nothing."""
        found = self.find()
        if found is None:
            return Finding(ABSENT, (Change("create", self._create),))
        if not has_our_tag(self._redshift, self._arn(found), self._settings.name):
            return Finding(
                NOT_OURS,
                refusal=f"{self.kind} '{self.name}' exists and is not tagged as ours; "
                "choose another name, or delete it",
            )
        state = f"{THERE}, {str(found['status']).lower()}"
        return Finding(state, self._changes(found), self._problem(found))

    def wait(self, progress: Progress) -> None:
        """Wait until the resource is available.

        Raises:
            CloudError: It is not available in time, or it is being deleted.
        """

        def look() -> tuple[bool, str]:
            found = self.find()
            if found is None and self._is_created:
                return False, "not listed yet"
            self._is_created = False
            if found is None:
                raise CloudError(
                    f"{self.kind} '{self.name}' was deleted during the wait; run "
                    "01_provision again"
                )
            if problem := self._problem(found):
                raise CloudError(problem)
            return found["status"] == AVAILABLE, str(found["status"]).lower()

        what = f"{self.kind} '{self.name}'"
        wait_until(what, look, self._settings.deadline_minutes, progress)

    def _problem(self, found: dict[str, Any]) -> str:
        """Return why it will not become available by itself; else empty."""
        if found["status"] != DELETING:
            return ""
        return (
            f"{self.kind} '{self.name}' is being deleted; wait until it has gone and "
            "run again"
        )

    @property
    def _tags(self) -> list[dict[str, str]]:
        return [{"key": TAG, "value": self._settings.name}]


def has_our_tag(redshift: Any, arn: str, name: str) -> bool:
    """Return whether a namespace or a workgroup carries our tag.

    Args:
        redshift: The client of Redshift Serverless.
        arn: Its ARN.
        name: The value of our tag.
    """
    found = redshift.list_tags_for_resource(resourceArn=arn).get("tags", ())
    return {"key": TAG, "value": name} in found
