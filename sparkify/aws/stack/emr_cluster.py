"""The EMR cluster as provisioning sees it: its cost and its state."""

from __future__ import annotations

from typing import Any

from sparkify.aws.prices import emr_dollars
from sparkify.aws.session import Clients, find
from sparkify.aws.settings import NEW, Settings
from sparkify.aws.stack.finding import ABSENT, NOT_OURS, Finding

USABLE = ("RUNNING", "WAITING")


class EmrCluster:
    """An existing cluster, or one that 03_flatten creates and that ends with its step.

    Args:
        clients: The clients.
        settings: The AWS parameters.
    """

    kind = "emr cluster"

    def __init__(self, clients: Clients, settings: Settings) -> None:
        self._emr = clients.emr
        self._settings = settings
        self.name = settings.name if self.is_new else settings.emr_cluster

    @property
    def is_new(self) -> bool:
        """Whether 03_flatten will create the cluster."""
        return self._settings.emr_cluster == NEW

    @property
    def cost(self) -> float | None:
        """US dollars an hour while it runs; 0 for an existing one."""
        if not self.is_new:
            return 0.0
        settings = self._settings
        return emr_dollars(
            settings.emr_instance_type, settings.emr_instances, settings.region
        )

    def look(self) -> Finding:
        """Return the state of the cluster; change nothing."""
        if self.is_new:
            return Finding("only while 03_flatten runs", is_later=True)
        found = self._find()
        if found is None:
            return Finding(
                ABSENT,
                refusal=f"there is no EMR cluster '{self.name}' in "
                f"{self._settings.region}; name an existing one, or use "
                "emr_cluster=new",
            )
        state = str(found["Status"]["State"])
        if state not in USABLE:
            return Finding(
                f"{NOT_OURS}, {state}",
                refusal=f"EMR cluster '{self.name}' is {state}; name one that is "
                "RUNNING or WAITING, or use emr_cluster=new",
            )
        return Finding(f"{NOT_OURS}, {state}")

    def groups(self) -> list[str]:
        """Return the ids of the security groups of an existing cluster's instances."""
        attributes = (self._find() or {}).get("Ec2InstanceAttributes", {})
        keys = ("EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup")
        return sorted({attributes[key] for key in keys if attributes.get(key)})

    def _find(self) -> dict[str, Any] | None:
        found = find(
            self._emr.describe_cluster, "InvalidRequestException", ClusterId=self.name
        )
        return dict(found["Cluster"]) if found else None
