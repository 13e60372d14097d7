"""The Redshift cluster and its subnet group.

The cluster is encrypted. Secrets Manager keeps and rotates its administrator's
password. It is publicly accessible because the notebooks run outside the VPC; its
security group admits one address and EMR's instances.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sparkify.aws.names import USER, Names, is_ours, tags
from sparkify.aws.prices import redshift_dollars
from sparkify.aws.session import Clients, find
from sparkify.aws.settings import NEW
from sparkify.aws.stack.finding import ABSENT, NOT_OURS, THERE, Change, Finding
from sparkify.aws.stack.groups import PORT, SecurityGroup
from sparkify.aws.stack.network import Network
from sparkify.aws.waiting import until_known, wait_until
from sparkify.errors import CloudError
from sparkify.progress import Progress

NOT_FOUND = ("ClusterNotFound", "ClusterNotFoundFault")
NO_SUBNET_GROUP = ("ClusterSubnetGroupNotFound", "ClusterSubnetGroupNotFoundFault")
ATTACHED = "in-sync"
COMING = (
    *("available", "creating", "modifying", "rebooting", "renaming", "resizing"),
    "resuming",
)
PAUSED = "paused"


def describe_cluster(redshift: Any, name: str) -> dict[str, Any] | None:
    """Return AWS's description of a cluster; None if it does not exist."""
    found = find(redshift.describe_clusters, *NOT_FOUND, ClusterIdentifier=name)
    return dict(found["Clusters"][0]) if found and found["Clusters"] else None


class SubnetGroup:
    """The subnet group of our cluster: the default subnets.

    Args:
        clients: The clients.
        names: The names of the resources.
        network: The VPC.
    """

    kind = "subnet group"
    cost = 0.0

    def __init__(self, clients: Clients, names: Names, network: Network) -> None:
        self._redshift = clients.redshift
        self._settings = names.settings
        self._network = network
        self.name = names.settings.name

    def look(self) -> Finding:
        """Return the state of the subnet group; change nothing."""
        found = find(
            self._redshift.describe_cluster_subnet_groups,
            *NO_SUBNET_GROUP,
            ClusterSubnetGroupName=self.name,
        )
        if found is None or not found["ClusterSubnetGroups"]:
            return Finding(ABSENT, (Change("create", self._create),))
        if is_ours(found["ClusterSubnetGroups"][0].get("Tags"), self._settings):
            return Finding(THERE)
        return Finding(
            NOT_OURS,
            refusal=f"subnet group '{self.name}' exists and is not tagged as ours; "
            "choose another name, or delete the group",
        )

    def _create(self) -> None:
        self._redshift.create_cluster_subnet_group(
            ClusterSubnetGroupName=self.name,
            Description="Subnets of Sparkify's Redshift cluster",
            SubnetIds=self._network.subnets,
            Tags=tags(self._settings),
        )


class RedshiftCluster:
    """The Redshift cluster: one of ours, or an existing one that stays as it is.

    Args:
        clients: The clients.
        names: The names of the resources.
        group: The security group of our cluster.
    """

    kind = "redshift cluster"

    def __init__(self, clients: Clients, names: Names, group: SecurityGroup) -> None:
        self._redshift = clients.redshift
        self._settings = names.settings
        self._group = group
        self._copy_role = names.role_arn(names.copy_role)
        self._is_created = False  # by us; Redshift may not list it for some seconds
        self.name = names.cluster

    @property
    def is_new(self) -> bool:
        """Whether the cluster is ours, not an existing one."""
        return self._settings.cluster == NEW

    @property
    def cost(self) -> float | None:
        """US dollars an hour; 0 for an existing cluster."""
        if not self.is_new:
            return 0.0
        settings = self._settings
        return redshift_dollars(settings.node_type, settings.nodes, settings.region)

    def find(self) -> dict[str, Any] | None:
        """Return AWS's description of the cluster; None if it does not exist."""
        return describe_cluster(self._redshift, self.name)

    def look(self) -> Finding:
        """Return the state of the cluster; change nothing."""
        found = self.find()
        if not self.is_new:
            return self._look_at_existing(found)
        if found is None:
            return Finding(ABSENT, (Change("create", self._create),))
        if not is_ours(found.get("Tags"), self._settings):
            return Finding(
                NOT_OURS,
                refusal=f"redshift cluster '{self.name}' exists and is not tagged as "
                f"ours; set cluster={self.name} to use it, or choose another name",
            )
        state = f"there, {found['ClusterStatus']}"
        node_type, nodes = found["NodeType"], found["NumberOfNodes"]
        if (node_type, nodes) != (self._settings.node_type, self._settings.nodes):
            return Finding(
                state,
                refusal=f"redshift cluster '{self.name}' has {nodes} nodes of "
                f"{node_type}, not {self._settings.nodes} of "
                f"{self._settings.node_type}; set node_type and nodes to what it "
                "has, or tear it down",
            )
        resume = (Change("resume", self._resume),)
        changes = resume if found["ClusterStatus"] == PAUSED else ()
        return Finding(state, changes, self._problem(found))

    def _look_at_existing(self, found: dict[str, Any] | None) -> Finding:
        if found is None:
            return Finding(
                ABSENT,
                refusal=f"there is no redshift cluster '{self.name}' in "
                f"{self._settings.region}; name an existing one, or use cluster=new",
            )
        return Finding(
            f"{NOT_OURS}, {found['ClusterStatus']}", refusal=self._problem(found)
        )

    def _problem(self, found: dict[str, Any]) -> str:
        """Return why the cluster will not become available by itself; else empty."""
        status = found["ClusterStatus"]
        if status.startswith(COMING) or (self.is_new and status == PAUSED):
            return ""
        remedies = {
            "deleting": "wait until it has gone and run again",
            "pausing": "wait until it is paused and run again, which resumes it",
            PAUSED: "resume it with 'aws redshift resume-cluster "
            f"--cluster-identifier {self.name} --region {self._settings.region}'",
        }
        remedy = remedies.get(status, "look at it in Redshift's console")
        return f"redshift cluster '{self.name}' is '{status}'; {remedy}"

    def _resume(self) -> None:
        self._redshift.resume_cluster(ClusterIdentifier=self.name)

    def _create(self) -> None:
        settings = self._settings
        size: dict[str, Any] = {"ClusterType": "single-node"}
        if settings.nodes > 1:
            size = {"ClusterType": "multi-node", "NumberOfNodes": settings.nodes}
        create = partial(
            self._redshift.create_cluster,
            ClusterIdentifier=self.name,
            NodeType=settings.node_type,
            **size,
            DBName=settings.database,
            Port=PORT,
            MasterUsername=USER,
            ManageMasterPassword=True,
            Encrypted=True,
            PubliclyAccessible=True,
            EnhancedVpcRouting=False,
            ClusterSubnetGroupName=settings.name,
            VpcSecurityGroupIds=[self._group.id],
            IamRoles=[self._copy_role],
            Tags=tags(settings),
        )
        # Redshift may not know a new role or a new subnet group yet.
        until_known(
            create,
            "InvalidParameterValue",
            "InvalidParameterCombination",
            *NO_SUBNET_GROUP,
            words=("role", "subnet group"),
        )
        self._is_created = True

    def wait(self, progress: Progress) -> dict[str, Any]:
        """Wait until the cluster is available; return AWS's description of it.

        Raises:
            CloudError: It is not available in time, or lacks the role or the secret.
        """
        found: dict[str, Any] = {}

        def look() -> tuple[bool, str]:
            found.clear()
            found.update(self.find() or {})
            if not found and self._is_created:
                return False, "not listed yet"
            self._is_created = False
            if not found:
                raise CloudError(
                    f"redshift cluster '{self.name}' was deleted during the wait; "
                    "run 01_provision again"
                )
            if problem := self._problem(found):
                raise CloudError(problem)
            status = str(found["ClusterStatus"])
            role = self._role_status(found)
            if status == "available" and role == "adding":
                return False, "adding its role"
            return status == "available", status

        what = f"redshift cluster '{self.name}'"
        wait_until(what, look, self._settings.deadline_minutes, progress)
        self._check(found)
        return found

    def _role_status(self, found: dict[str, Any]) -> str:
        roles = {
            role["IamRoleArn"]: str(role.get("ApplyStatus", ATTACHED))
            for role in found.get("IamRoles", ())
        }
        return roles.get(self._copy_role, "missing")

    def _check(self, found: dict[str, Any]) -> None:
        if self._role_status(found) != ATTACHED:
            raise CloudError(
                f"redshift cluster '{self.name}' does not have the role that COPY "
                f"needs; attach it with 'aws redshift modify-cluster-iam-roles "
                f"--cluster-identifier {self.name} --add-iam-roles {self._copy_role} "
                f"--region {self._settings.region}' and run again"
            )
        if self._settings.login == "secret" and not found.get(
            "MasterPasswordSecretArn"
        ):
            raise CloudError(
                f"redshift cluster '{self.name}' keeps no password in Secrets Manager; "
                "use login=iam, or let Redshift manage the password with 'aws redshift "
                f"modify-cluster --cluster-identifier {self.name} "
                f"--manage-master-password --region {self._settings.region}'"
            )
