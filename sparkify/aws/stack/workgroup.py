"""The workgroup of Redshift Serverless: its capacity, and the endpoint of the data.

It is publicly accessible because the notebooks run outside the VPC, like a cluster of
ours; its security group admits one address and EMR's instances.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sparkify.aws.names import Names
from sparkify.aws.rpu import rpu_dollars
from sparkify.aws.session import Clients, find
from sparkify.aws.stack.finding import Change
from sparkify.aws.stack.groups import PORT, SecurityGroup
from sparkify.aws.stack.network import Network
from sparkify.aws.stack.serverless_resource import (
    INVALID,
    NO_RESOURCE,
    ServerlessResource,
)
from sparkify.aws.waiting import until_known


class Workgroup(ServerlessResource):
    """The workgroup: it computes for the namespace of its name.

    Args:
        clients: The clients.
        names: The names of the resources.
        group: The security group of the endpoint.
        network: The VPC of the endpoint.
    """

    kind = "redshift workgroup"

    def __init__(
        self, clients: Clients, names: Names, group: SecurityGroup, network: Network
    ) -> None:
        super().__init__(clients, names)
        self._group = group
        self._network = network

    @property
    def cost(self) -> float | None:
        """US dollars an hour while queries run; None if unknown."""
        return rpu_dollars(self._settings.base_rpu, self._settings.region)

    def find(self) -> dict[str, Any] | None:
        """Return AWS's description of the workgroup; None if it does not exist."""
        request = {"workgroupName": self.name}
        found = find(self._redshift.get_workgroup, NO_RESOURCE, **request)
        return dict(found["workgroup"]) if found else None

    def _arn(self, found: dict[str, Any]) -> str:
        return str(found["workgroupArn"])

    def _create(self) -> None:
        create = partial(
            self._redshift.create_workgroup,
            workgroupName=self.name,
            namespaceName=self.name,
            baseCapacity=self._settings.base_rpu,
            enhancedVpcRouting=False,
            publiclyAccessible=True,
            port=PORT,
            subnetIds=self._network.subnets,
            securityGroupIds=[self._group.id],
            tags=self._tags,
        )
        # Redshift may not know the new namespace or the new group yet.
        words = ("namespace", "security group")
        until_known(create, NO_RESOURCE, INVALID, words=words)
        self._is_created = True

    def _changes(self, found: dict[str, Any]) -> tuple[Change, ...]:
        rpu = self._settings.base_rpu
        if found["baseCapacity"] == rpu:
            return ()
        resize = partial(
            self._redshift.update_workgroup, workgroupName=self.name, baseCapacity=rpu
        )
        return (Change(f"{rpu} RPU", resize),)
