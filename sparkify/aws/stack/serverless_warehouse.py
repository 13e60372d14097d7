"""All of Redshift Serverless that a run needs: namespace, workgroup, usage limit."""

from __future__ import annotations

from typing import Any

from sparkify.aws.names import USER, Names
from sparkify.aws.session import Clients
from sparkify.aws.stack.finding import CloudResource
from sparkify.aws.stack.groups import PORT, SecurityGroup
from sparkify.aws.stack.namespace import Namespace
from sparkify.aws.stack.network import Network
from sparkify.aws.stack.usage_limit import UsageLimit
from sparkify.aws.stack.workgroup import Workgroup


class ServerlessWarehouse:
    """All of Redshift Serverless that a run needs.

    Args:
        clients: The clients.
        names: The names of the resources.
        group: The security group of the endpoint.
        network: The VPC of the endpoint.
    """

    def __init__(
        self, clients: Clients, names: Names, group: SecurityGroup, network: Network
    ) -> None:
        self._names = names
        self.namespace = Namespace(clients, names)
        self.workgroup = Workgroup(clients, names, group, network)
        self._limit = UsageLimit(clients, names, self.workgroup)

    def resources(self) -> list[CloudResource]:
        """Return the resources; each needs only earlier ones."""
        return [self.namespace, self.workgroup, self._limit]

    def state(self) -> dict[str, Any]:
        """Return what the later steps need: some attributes of `Cloud`."""
        names = self._names
        endpoint = (self.workgroup.find() or {}).get("endpoint", {})
        return {
            "workgroup": names.workgroup,
            "host": str(endpoint.get("address", "")),
            "port": int(endpoint.get("port", PORT)),
            "user": USER,
            "secret": self.namespace.secret,
            "copy_role": names.role_arn(names.copy_role),
            "dashboard_role": names.role_arn(names.dashboard_role),
        }
