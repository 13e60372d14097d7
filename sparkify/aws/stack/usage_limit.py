"""The daily usage limit of Redshift Serverless, which bounds what a day may cost."""

from __future__ import annotations

from typing import Any

from sparkify.aws.names import Names
from sparkify.aws.rpu import rpu_dollars
from sparkify.aws.session import Clients
from sparkify.aws.stack.finding import ABSENT, THERE, Change, Finding
from sparkify.aws.stack.workgroup import Workgroup

COMPUTE = "serverless-compute"
DAILY = "daily"
STOP = "deactivate"  # queries, once the limit is reached; the default only writes a log


class UsageLimit:
    """The most RPU-hours of a day; beyond it, AWS turns off queries until the next.

    Args:
        clients: The clients.
        names: The names of the resources.
        workgroup: The workgroup that it limits.
    """

    kind = "redshift usage limit"
    cost = 0.0

    def __init__(self, clients: Clients, names: Names, workgroup: Workgroup) -> None:
        self._redshift = clients.redshift_serverless
        self._settings = names.settings
        self._workgroup = workgroup

    @property
    def name(self) -> str:
        """The limit, with the most dollars a day; AWS gives it no name."""
        hours = self._settings.rpu_hours_a_day
        dollars = rpu_dollars(hours, self._settings.region)
        most = f", at most {dollars:.2f} dollars" if dollars is not None else ""
        return f"{hours} RPU-hours a day{most}"

    def find(self) -> dict[str, Any] | None:
        """Return AWS's description of the daily limit; None if there is none."""
        arn = self._workgroup.arn
        limits = usage_limits(self._redshift, arn) if arn else []
        return next((each for each in limits if each["period"] == DAILY), None)

    def look(self) -> Finding:
        """Return the state of the limit; change nothing."""
        found = self.find()
        if found is None:
            return Finding(ABSENT, (Change("create", self._create),))
        state = f"{THERE}, {found['amount']} RPU-hours"
        if found["breachAction"] != STOP:
            state = f"{state} that stop nothing"
        hours = self._settings.rpu_hours_a_day
        if (found["amount"], found["breachAction"]) == (hours, STOP):
            return Finding(state)
        return Finding(state, (Change(f"{hours} RPU-hours", self._change),))

    def _create(self) -> None:
        self._redshift.create_usage_limit(
            resourceArn=self._workgroup.arn,
            usageType=COMPUTE,
            amount=self._settings.rpu_hours_a_day,
            period=DAILY,
            breachAction=STOP,
        )

    def _change(self) -> None:
        found = self.find() or {}
        self._redshift.update_usage_limit(
            usageLimitId=found.get("usageLimitId", ""),
            amount=self._settings.rpu_hours_a_day,
            breachAction=STOP,
        )


def usage_limits(redshift: Any, workgroup_arn: str) -> list[dict[str, Any]]:
    """Return AWS's descriptions of a workgroup's usage limits."""
    pages = redshift.get_paginator("list_usage_limits")
    return [
        limit
        for page in pages.paginate(resourceArn=workgroup_arn, usageType=COMPUTE)
        for limit in page.get("usageLimits", ())
    ]
