"""All resources of a run on AWS, in the order in which they are created."""

from __future__ import annotations

from dataclasses import replace

from sparkify.aws.cloud import Cloud
from sparkify.aws.names import USER, Names
from sparkify.aws.session import Clients
from sparkify.aws.settings import Settings
from sparkify.aws.stack import policies
from sparkify.aws.stack.bucket import Bucket
from sparkify.aws.stack.budget import Budget
from sparkify.aws.stack.cluster import RedshiftCluster, SubnetGroup
from sparkify.aws.stack.emr_application import EmrApplication, EmrJobRun
from sparkify.aws.stack.emr_cluster import EmrCluster
from sparkify.aws.stack.emr_job_policy import emr_job, trust_emr_serverless
from sparkify.aws.stack.emr_policy import emr_service
from sparkify.aws.stack.finding import CloudResource
from sparkify.aws.stack.groups import PORT, Rule, SecurityGroup, redshift_rules
from sparkify.aws.stack.network import Network
from sparkify.aws.stack.roles import InstanceProfile, Role
from sparkify.aws.stack.serverless_warehouse import ServerlessWarehouse
from sparkify.aws.stack.statements import Policy


class Stack:
    """The resources of one run.

    Args:
        clients: The clients.
        settings: The AWS parameters.
        needs_emr: Whether EMR will flatten.
        needs_redshift: Whether a Redshift cluster will hold the star.
        needs_workgroup: Whether Redshift Serverless will hold the star.
        source: The address of the raw files.
        ingress: The address that may reach Redshift, as `a.b.c.d/32`.
        needs_emr_serverless: Whether EMR Serverless will flatten.
    """

    def __init__(
        self,
        clients: Clients,
        settings: Settings,
        *,
        needs_emr: bool,
        needs_redshift: bool,
        needs_workgroup: bool = False,
        source: str,
        ingress: str,
        needs_emr_serverless: bool = False,
    ) -> None:
        self._clients = clients
        self._settings = settings
        self._names = Names(settings, clients.account)
        self._needs_emr = needs_emr
        self._needs_redshift = needs_redshift
        self._needs_workgroup = needs_workgroup
        self._source = source
        self._ingress = ingress
        self._needs_emr_serverless = needs_emr_serverless
        self.emr = EmrCluster(clients, settings)
        self.application = EmrApplication(clients, settings)
        self.network = Network(
            clients, settings, needs_emr=needs_emr and self.emr.is_new
        )
        self._emr_group = self._group(
            self._names.emr_group, "The instances of Sparkify's EMR clusters"
        )
        self._redshift_group = SecurityGroup(
            clients,
            settings,
            self.network,
            self._names.redshift_group,
            "Who may reach Sparkify's Redshift cluster",
            self._redshift_rules,
        )
        self.cluster = RedshiftCluster(clients, self._names, self._redshift_group)
        self.serverless = ServerlessWarehouse(
            clients, self._names, self._redshift_group, self.network
        )

    def resources(self) -> list[CloudResource]:
        """Return the resources that are needed; each needs only earlier ones."""
        makes_cluster = self._needs_redshift and self.cluster.is_new
        makes_emr = self._needs_emr and self.emr.is_new
        found: list[CloudResource] = []
        if self._settings.budget_usd:
            found.append(Budget(self._clients, self._names))
        found.append(Bucket(self._clients, self._names))
        if makes_cluster or makes_emr or self._needs_workgroup:
            found.append(self.network)
        if makes_emr:
            found.append(self._emr_group)
        if self._needs_redshift or self._needs_workgroup:
            found.append(self._copy_role())
        if makes_cluster:
            subnets = SubnetGroup(self._clients, self._names, self.network)
            found += [self._redshift_group, subnets]
        if self._needs_redshift:
            found += [self.cluster, self._dashboard_role()]
        if self._needs_workgroup:
            found += [self._redshift_group, *self.serverless.resources()]
            found.append(self._dashboard_role())
        if makes_emr:
            profile = InstanceProfile(
                self._clients, self._settings, self._names.emr_instances
            )
            found += [self._emr_instances_role(), profile, self._emr_service_role()]
        if self._needs_emr:
            found.append(self.emr)
        if self._needs_emr_serverless:
            found += [
                self._emr_job_role(),
                self.application,
                EmrJobRun(self._settings),
            ]
        return found

    def cloud(self) -> Cloud:
        """Return the state that the later steps need, once all resources exist."""
        names, makes_emr = self._names, self._needs_emr and self.emr.is_new
        found = (self.cluster.find() if self._needs_redshift else None) or {}
        endpoint = found.get("Endpoint", {})
        is_by_secret = self._settings.login == "secret"
        cloud = Cloud(
            settings=self._settings,
            bucket=names.bucket,
            cluster=names.cluster if found else "",
            host=str(endpoint.get("Address", "")),
            port=int(endpoint.get("Port", PORT)),
            user=str(found.get("MasterUsername", "")),
            secret=found.get("MasterPasswordSecretArn", "") if is_by_secret else "",
            copy_role=names.role_arn(names.copy_role) if found else "",
            emr_service_role=names.emr_service_role if makes_emr else "",
            emr_instance_profile=names.emr_instances if makes_emr else "",
            subnet=self.network.emr_subnet if makes_emr else "",
            emr_security_group=self._emr_group.id if makes_emr else "",
            emr_application=self.application.id if self._needs_emr_serverless else "",
            emr_job_role=(
                names.role_arn(names.emr_job_role) if self._needs_emr_serverless else ""
            ),
        )
        if self._needs_workgroup:
            return replace(cloud, **self.serverless.state())
        return cloud

    def _group(self, name: str, description: str) -> SecurityGroup:
        return SecurityGroup(
            self._clients, self._settings, self.network, name, description
        )

    def _redshift_rules(self) -> set[Rule]:
        """Return rules that admit the one address, and EMR's instances if any."""
        groups = [self._emr_group.id]
        if self._needs_emr and not self.emr.is_new:
            groups += self.emr.groups()
        return redshift_rules([self._ingress, *filter(None, groups)])

    def _copy_role(self) -> Role:
        return Role(
            self._clients,
            self._settings,
            self._names.copy_role,
            policies.trust_redshift(
                self._names.account, is_serverless=self._needs_workgroup
            ),
            lambda: policies.redshift_copy(self._names.bucket),
        )

    def _dashboard_role(self) -> Role:
        settings, account = self._settings, self._names.account

        def policy() -> Policy | None:
            if self._needs_workgroup:
                arn = self.serverless.workgroup.arn
                return policies.serverless_dashboard(arn) if arn else None
            place = (account, settings.region, self._names.cluster, settings.database)
            return policies.dashboard(*place)

        trust = policies.trust_account(account)
        role = self._names.dashboard_role
        return Role(self._clients, settings, role, trust, policy)

    def _emr_service_role(self) -> Role:
        names, region = self._names, self._settings.region

        def policy() -> Policy | None:
            subnet, group = self.network.emr_subnet, self._emr_group.id
            role = names.role_arn(names.emr_instances)
            if not (subnet and group):
                return None
            return emr_service(names.account, region, subnet, group, role)

        return Role(
            self._clients,
            self._settings,
            names.emr_service_role,
            policies.trust_emr(names.account, region),
            policy,
            is_for_emr=True,
        )

    def _emr_job_role(self) -> Role:
        names = self._names
        return Role(
            self._clients,
            self._settings,
            names.emr_job_role,
            trust_emr_serverless(names.account, self._settings.region),
            lambda: emr_job(names.bucket, self._source),
        )

    def _emr_instances_role(self) -> Role:
        names, settings = self._names, self._settings

        def policy() -> Policy:
            found = (self.cluster.find() if self._needs_redshift else None) or {}
            by_iam = found and settings.login == "iam"
            user = found.get("MasterUsername", USER)
            secret = found.get("MasterPasswordSecretArn", "")
            if self._needs_workgroup:
                secret = self.serverless.namespace.secret
            login = (names.account, names.cluster, settings.database, user)
            return policies.emr_instances(
                names.bucket,
                settings.region,
                source=self._source,
                secret="" if by_iam else secret,
                login=login if by_iam else None,
            )

        return Role(
            self._clients,
            settings,
            names.emr_instances,
            policies.trust_ec2(),
            policy,
            is_for_emr=True,
        )
