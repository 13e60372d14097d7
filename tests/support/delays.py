"""Makes the emulated account eventually consistent, as AWS is.

For its first few looks, AWS misses what has just been created: a question about it is
answered as if it were absent, and a call that names it is refused. Looks are counted
instead of seconds, so that no test depends on the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError
from moto.ec2.models import EC2Backend
from moto.ec2.responses.security_groups import SecurityGroups
from moto.emr.exceptions import InvalidRequestException
from moto.emr.models import Cluster as EmrCluster
from moto.emr.models import ElasticMapReduceBackend
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, iam_backends
from moto.redshift.exceptions import (
    ClusterNotFoundError,
    ClusterSubnetGroupNotFoundError,
    RedshiftClientError,
)
from moto.redshift.models import RedshiftBackend
from moto.s3.exceptions import MissingBucket
from moto.s3.models import S3Backend

LOOKS = 3

# Each kind of question about a resource misses it for itself: one part of AWS may know
# it while another does not.
BUCKET = "bucket"
GROUP, GROUP_RULE = "security group", "rule of a security group"
ROLE, CLUSTER_ROLE = "role", "role of a redshift cluster"
PROFILE, CLUSTER_PROFILE = "instance profile", "instance profile of an emr cluster"
SUBNETS, CLUSTER = "subnet group", "redshift cluster"
KINDS = (
    *(BUCKET, GROUP, GROUP_RULE, ROLE, CLUSTER_ROLE),
    *(PROFILE, CLUSTER_PROFILE, SUBNETS, CLUSTER),
)


class Young:
    """What was just created, and how many looks will still miss it.

    Args:
        looks: How many looks miss a new resource.
        kinds: The kinds of question that may miss it.

    Attributes:
        missed: The number of looks that missed one, by kind of resource.
    """

    def __init__(self, looks: int, kinds: Collection[str] = KINDS) -> None:
        self._looks = looks
        self._kinds = kinds
        self._left: dict[tuple[str, str], int] = {}
        self.missed = Counter[str]()

    def note(self, kind: str, name: str) -> None:
        """Note that something was created."""
        self._left[kind, name] = self._looks

    def is_missed(self, kind: str, name: str) -> bool:
        """Return whether this look misses it."""
        left = self._left.get((kind, name), 0)
        if left and kind in self._kinds:
            self._left[kind, name] = left - 1
            self.missed[kind] += 1
            return True
        return False


@contextmanager
def eventually_consistent(
    looks: int = LOOKS, kinds: Collection[str] = KINDS
) -> Iterator[Young]:
    """Let the account miss what is created while the context is open.

    Args:
        looks: How many looks miss a new resource, for each kind of question about it.
        kinds: The kinds of question that may miss it.
    """
    young = Young(looks, kinds)
    with ExitStack() as stack:
        for backend, name, wrap in _wrapped(young):
            real = getattr(backend, name)
            patched = _method(wrap, real)
            stack.enter_context(mock.patch.object(backend, name, patched))
        yield young


Real = Callable[..., Any]
Wrap = Callable[..., Any]


def _method(wrap: Wrap, real: Real) -> Real:
    def method(backend: Any, *given: Any, **named: Any) -> Any:
        return wrap(real, backend, *given, **named)

    return method


def _wrapped(young: Young) -> Iterator[tuple[type, str, Wrap]]:
    """Yield the methods of moto that create or find, and what takes their place."""
    yield from _of_ec2(young)
    yield from _of_iam(young)
    yield from _of_redshift(young)
    yield from _of_s3(young)
    yield ElasticMapReduceBackend, "run_job_flow", _run_job_flow(young)


def _of_ec2(young: Young) -> Iterator[tuple[type, str, Wrap]]:
    def create(real: Real, backend: Any, *given: Any, **named: Any) -> Any:
        group = real(backend, *given, **named)
        young.note(GROUP, group.id)
        young.note(GROUP_RULE, group.id)
        return group

    def describe(real: Real, backend: Any, *given: Any, **named: Any) -> Any:
        found = real(backend, *given, **named)
        missed = [each.id for each in found if _is_missed(each.id)]
        if missed and named.get("group_ids"):
            raise InvalidSecurityGroupNotFoundError(missed[0])
        return [each for each in found if each.id not in missed]

    def _is_missed(group: str) -> bool:
        return young.is_missed(GROUP, group)

    def rules(real: Real, response: Any) -> Any:
        found = list(real(response))
        sources = [each for rule in found for each in rule["source_groups"] or ()]
        groups = {rule["group_name_or_id"] for rule in found}
        for group in groups | {each["GroupId"] for each in sources}:
            if young.is_missed(GROUP_RULE, group):
                raise InvalidSecurityGroupNotFoundError(group)
        return found

    yield EC2Backend, "create_security_group", create
    yield EC2Backend, "describe_security_groups", describe
    yield SecurityGroups, "_process_rules_from_querystring", rules


def _of_iam(young: Young) -> Iterator[tuple[type, str, Wrap]]:
    def create_role(real: Real, backend: Any, *given: Any, **named: Any) -> Any:
        role = real(backend, *given, **named)
        young.note(ROLE, role.name)
        young.note(CLUSTER_ROLE, role.arn)
        return role

    def get_role(real: Real, backend: Any, role_name: str) -> Any:
        if young.is_missed(ROLE, role_name):
            raise NotFoundException(f"The role with name {role_name} cannot be found.")
        return real(backend, role_name)

    def create_profile(real: Real, backend: Any, *given: Any, **named: Any) -> Any:
        profile = real(backend, *given, **named)
        young.note(PROFILE, profile.name)
        young.note(CLUSTER_PROFILE, profile.name)
        return profile

    def get_profile(real: Real, backend: Any, profile_name: str) -> Any:
        if young.is_missed(PROFILE, profile_name):
            raise NotFoundException(f"Instance Profile {profile_name} cannot be found.")
        return real(backend, profile_name)

    yield IAMBackend, "create_role", create_role
    yield IAMBackend, "get_role", get_role
    yield IAMBackend, "create_instance_profile", create_profile
    yield IAMBackend, "get_instance_profile", get_profile


def _of_redshift(young: Young) -> Iterator[tuple[type, str, Wrap]]:
    def create_cluster(real: Real, backend: Any, **wanted: Any) -> Any:
        subnets = wanted.get("cluster_subnet_group_name") or ""
        if young.is_missed(SUBNETS, subnets):
            raise ClusterSubnetGroupNotFoundError(subnets)
        for role in wanted.get("iam_roles_arn") or ():
            if young.is_missed(CLUSTER_ROLE, role):
                raise RedshiftClientError(
                    "InvalidParameterValue", f"The IAM role {role} is not valid."
                )
        cluster = real(backend, **wanted)
        young.note(CLUSTER, cluster.cluster_identifier)
        return cluster

    def describe(
        real: Real, backend: Any, cluster_identifier: str = "", *given: Any
    ) -> Any:
        if young.is_missed(CLUSTER, cluster_identifier):
            raise ClusterNotFoundError(cluster_identifier)
        return real(backend, cluster_identifier, *given)

    def create_subnets(real: Real, backend: Any, **wanted: Any) -> Any:
        found = real(backend, **wanted)
        young.note(SUBNETS, found.cluster_subnet_group_name)
        return found

    yield RedshiftBackend, "create_cluster", create_cluster
    yield RedshiftBackend, "describe_clusters", describe
    yield RedshiftBackend, "create_cluster_subnet_group", create_subnets


def _of_s3(young: Young) -> Iterator[tuple[type, str, Wrap]]:
    def create(real: Real, backend: Any, *given: Any, **named: Any) -> Any:
        bucket = real(backend, *given, **named)
        young.note(BUCKET, bucket.name)
        return bucket

    def get(real: Real, backend: Any, bucket_name: str) -> Any:
        if young.is_missed(BUCKET, bucket_name):
            raise MissingBucket(bucket=bucket_name)
        return real(backend, bucket_name)

    yield S3Backend, "create_bucket", create
    yield S3Backend, "get_bucket", get


def _run_job_flow(young: Young) -> Wrap:
    """Refuse a young profile as EMR does: it is unknown first, then not authorized."""

    def run(real: Real, backend: Any, **wanted: Any) -> EmrCluster:
        profile = str(wanted.get("job_flow_role", ""))
        known = iam_backends[backend.account_id]["aws"].instance_profiles
        names = [each.name for each in known.values()]
        if profile not in names or young.is_missed(CLUSTER_PROFILE, profile):
            if young.missed[CLUSTER_PROFILE] > 1:
                raise InvalidRequestException(
                    "AccessDeniedException",
                    f"Failed to authorize instance profile {profile}",
                )
            raise InvalidRequestException(
                "ValidationException", f"Invalid InstanceProfile: {profile}."
            )
        return real(backend, **wanted)  # type: ignore[no-any-return]

    return run
