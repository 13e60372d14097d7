"""The Redshift cluster and the subnets that it may stand in.

The cluster is encrypted, keeps its administrator's password in Secrets Manager, where
it rotates, and is publicly accessible only because the one who runs the notebooks
stands outside the VPC: its security group lets in one address and EMR's instances.
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
COMING = ("available", "creating", "modifying", "rebooting", "renaming", "resizing")


class SubnetGroup:
    """The default subnets, as the places where Redshift may put our cluster.

    Args:
        clients: The clients.
        names: What it is called.
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
        """Reads how the subnet group is, and changes nothing."""
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
            refusal=f"subnet group '{self.name}' is there and not tagged as ours; "
            "choose another name, or delete the group",
        )

    def _create(self) -> None:
        self._redshift.create_cluster_subnet_group(
            ClusterSubnetGroupName=self.name,
            Description="Where Sparkify's Redshift cluster may stand",
            SubnetIds=self._network.subnets,
            Tags=tags(self._settings),
        )


class RedshiftCluster:
    """The Redshift cluster: one of ours, or an existing one that stays as it is.

    Args:
        clients: The clients.
        names: What it is called.
        group: The security group of a cluster of ours.
    """

    kind = "redshift cluster"

    def __init__(self, clients: Clients, names: Names, group: SecurityGroup) -> None:
        self._redshift = clients.redshift
        self._settings = names.settings
        self._group = group
        self._copy_role = names.role_arn(names.copy_role)
        self.name = names.cluster

    @property
    def is_new(self) -> bool:
        """Whether it is to be one of ours."""
        return self._settings.cluster == NEW

    @property
    def cost(self) -> float | None:
        """US dollars an hour; an existing cluster costs nothing more."""
        if not self.is_new:
            return 0.0
        settings = self._settings
        return redshift_dollars(settings.node_type, settings.nodes, settings.region)

    def find(self) -> dict[str, Any] | None:
        """Finds the cluster; None if it is not there."""
        found = find(
            self._redshift.describe_clusters, *NOT_FOUND, ClusterIdentifier=self.name
        )
        return dict(found["Clusters"][0]) if found and found["Clusters"] else None

    def look(self) -> Finding:
        """Reads how the cluster is, and changes nothing."""
        found = self.find()
        if not self.is_new:
            return self._look_at_existing(found)
        if found is None:
            return Finding(ABSENT, (Change("create", self._create),))
        if not is_ours(found.get("Tags"), self._settings):
            return Finding(
                NOT_OURS,
                refusal=f"redshift cluster '{self.name}' is there and not tagged as "
                f"ours; use it by cluster={self.name}, or choose another name",
            )
        state = f"there, {found['ClusterStatus']}"
        there = (found["NodeType"], found["NumberOfNodes"])
        if there != (self._settings.node_type, self._settings.nodes):
            return Finding(
                state,
                refusal=f"redshift cluster '{self.name}' has {there[1]} nodes of "
                f"{there[0]}, not {self._settings.nodes} of "
                f"{self._settings.node_type}; ask for what it has, or tear it down",
            )
        return Finding(state, refusal=self._hindrance(found))

    def _look_at_existing(self, found: dict[str, Any] | None) -> Finding:
        if found is None:
            return Finding(
                ABSENT,
                refusal=f"there is no redshift cluster '{self.name}' in "
                f"{self._settings.region}; name one that is, or use cluster=new",
            )
        return Finding(
            f"{NOT_OURS}, {found['ClusterStatus']}", refusal=self._hindrance(found)
        )

    def _hindrance(self, found: dict[str, Any]) -> str:
        """Says why the cluster will not become available by itself, if so."""
        status = found["ClusterStatus"]
        if status.startswith(COMING):
            return ""
        remedies = {
            "deleting": "wait until it has gone and run again",
            "paused": "resume it by 'aws redshift resume-cluster "
            f"--cluster-identifier {self.name} --region {self._settings.region}'",
        }
        remedy = remedies.get(status, "see to it in Redshift's console")
        return f"redshift cluster '{self.name}' is '{status}'; {remedy}"

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
        # The role may be too new for Redshift to know it.
        until_known(
            create,
            "InvalidParameterValue",
            "InvalidParameterCombination",
            word="role",
        )

    def wait(self, progress: Progress) -> dict[str, Any]:
        """Waits until the cluster answers, and makes sure that it can be used.

        Raises:
            CloudError: It does not answer in time, or lacks the role or the secret.
        """
        found: dict[str, Any] = {}

        def look() -> tuple[bool, str]:
            found.clear()
            found.update(self.find() or {})
            if not found:
                raise CloudError(
                    f"redshift cluster '{self.name}' has gone while it was waited for; "
                    "run 01_provision again"
                )
            if hindrance := self._hindrance(found):
                raise CloudError(hindrance)
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
                f"needs; attach it by 'aws redshift modify-cluster-iam-roles "
                f"--cluster-identifier {self.name} --add-iam-roles {self._copy_role} "
                f"--region {self._settings.region}' and run again"
            )
        if self._settings.login == "secret" and not found.get(
            "MasterPasswordSecretArn"
        ):
            raise CloudError(
                f"redshift cluster '{self.name}' keeps no password in Secrets Manager; "
                "use login=iam, or let Redshift manage the password by 'aws redshift "
                f"modify-cluster --cluster-identifier {self.name} "
                f"--manage-master-password --region {self._settings.region}'"
            )
