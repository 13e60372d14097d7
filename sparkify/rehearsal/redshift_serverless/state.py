"""The namespaces, workgroups and usage limits of an emulated account's region.

A new workgroup is being created, and a deleted one is being deleted, until somebody has
looked at it once. The rules are those of the service's documentation: a namespace has
one workgroup, and cannot be deleted before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore import xform_name
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.secretsmanager.models import secretsmanager_backends

CONFLICT, MISSING = "ConflictException", "ResourceNotFoundException"
INVALID = "ValidationException"
CREATING, AVAILABLE, DELETING = "CREATING", "AVAILABLE", "DELETING"
PORTS = (*range(5431, 5456), *range(8191, 8216))
LEAST_ZONES = 2  # of a workgroup without enhanced VPC routing
DEFAULT_RPU = 128
SECONDS_VALID = range(900, 3601)

Shape = dict[str, Any]


class Refusal(ServiceException):
    """An error of the service: its code and a message."""


@dataclass
class State:
    """What a region has of Redshift Serverless.

    Attributes:
        region: The region.
        make_password: Issues a password to a database user, with its end if it has one.
        endpoint: Returns the host and the port of all workgroups.
        snapshots: The snapshots.
    """

    region: str
    make_password: Callable[[str, datetime | None], str]
    endpoint: Callable[[], tuple[str, int]]
    snapshots: list[Shape] = field(default_factory=list)
    _namespaces: dict[str, Shape] = field(default_factory=dict)
    _workgroups: dict[str, Shape] = field(default_factory=dict)
    _limits: dict[str, Shape] = field(default_factory=dict)
    _tags: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def carry_out(self, operation: str, wanted: Shape) -> Shape:
        """Carry out an operation, such as `CreateNamespace`; return its answer.

        Raises:
            Refusal: The service refuses; the code is one of its own.
        """
        answer: Shape = getattr(self, f"_{xform_name(operation)}")(**wanted)
        return answer

    def _arn(self, kind: str, found: str) -> str:
        place = f"arn:aws:redshift-serverless:{self.region}:{DEFAULT_ACCOUNT_ID}"
        return f"{place}:{kind}/{found}"

    def _create_namespace(self, **wanted: Any) -> Shape:
        name = wanted["namespaceName"]
        if name in self._namespaces:
            raise Refusal(CONFLICT, f"The namespace {name} already exists.")
        user = wanted.get("adminUsername", "admin")
        found = {
            "namespaceName": name,
            "namespaceId": str(uuid4()),
            "namespaceArn": self._arn("namespace", str(uuid4())),
            "dbName": wanted.get("dbName", "dev"),
            "adminUsername": user,
            "iamRoles": _roles(wanted),
            "status": AVAILABLE,
            "creationDate": datetime.now(UTC),
        }
        if wanted.get("manageAdminPassword"):
            if "adminUserPassword" in wanted:
                raise Refusal(INVALID, "A managed password cannot be given.")
            found["adminPasswordSecretArn"] = self._make_secret(name, user)
        self._namespaces[name] = found
        self._tags[found["namespaceArn"]] = wanted.get("tags", [])
        return {"namespace": found}

    def _make_secret(self, name: str, user: str) -> str:
        content = {"username": user, "password": self.make_password(user, None)}
        store = secretsmanager_backends[DEFAULT_ACCOUNT_ID][self.region]
        secret = store.create_managed_secret(
            "redshift", _secret_id(name, user), secret_string=json.dumps(content)
        )
        return str(secret.arn)

    def _get_namespace(self, **wanted: Any) -> Shape:
        with _looking(self._namespaces, "namespace", wanted["namespaceName"]) as found:
            return {"namespace": found}

    def _update_namespace(self, **wanted: Any) -> Shape:
        found = _get(self._namespaces, "namespace", wanted["namespaceName"])
        if "iamRoles" in wanted:
            found["iamRoles"] = _roles(wanted)
        return {"namespace": found}

    def _delete_namespace(self, **wanted: Any) -> Shape:
        name = wanted["namespaceName"]
        found = _get(self._namespaces, "namespace", name)
        if found["status"] != AVAILABLE:
            raise Refusal(CONFLICT, f"The namespace is {found['status']}.")
        if any(each["namespaceName"] == name for each in self._workgroups.values()):
            raise Refusal(
                CONFLICT, f"There is a workgroup associated with the namespace {name}."
            )
        found["status"] = DELETING
        secrets = secretsmanager_backends[DEFAULT_ACCOUNT_ID][self.region].secrets
        secret = _secret_id(name, found["adminUsername"])
        if secret in secrets:
            secrets.pop(secret)
        return {"namespace": dict(found)}

    def _list_namespaces(self, **_: Any) -> Shape:
        return {"namespaces": list(self._namespaces.values())}

    def _create_workgroup(self, **wanted: Any) -> Shape:
        name = wanted["workgroupName"]
        namespace = _get(self._namespaces, "namespace", wanted["namespaceName"])
        taken = {each["namespaceName"] for each in self._workgroups.values()}
        if name in self._workgroups or namespace["namespaceName"] in taken:
            raise Refusal(CONFLICT, "The workgroup already exists.")
        self._check_network(wanted)
        number = str(uuid4())
        host, port = self.endpoint()
        found = {
            "workgroupName": name,
            "workgroupId": number,
            "workgroupArn": self._arn("workgroup", number),
            "namespaceName": namespace["namespaceName"],
            "baseCapacity": _checked_rpu(wanted.get("baseCapacity", DEFAULT_RPU)),
            "enhancedVpcRouting": wanted.get("enhancedVpcRouting", False),
            "publiclyAccessible": wanted.get("publiclyAccessible", False),
            "port": wanted.get("port", PORTS[8]),
            "subnetIds": wanted.get("subnetIds", []),
            "securityGroupIds": wanted.get("securityGroupIds", []),
            "endpoint": {"address": host, "port": port},
            "status": CREATING,
            "creationDate": datetime.now(UTC),
        }
        self._workgroups[name] = found
        self._tags[found["workgroupArn"]] = wanted.get("tags", [])
        return {"workgroup": dict(found)}

    def _check_network(self, wanted: Shape) -> None:
        if wanted.get("port", PORTS[0]) not in PORTS:
            raise Refusal(INVALID, f"Port {wanted['port']} is not valid.")
        ec2 = ec2_backends[DEFAULT_ACCOUNT_ID][self.region]
        for group in wanted.get("securityGroupIds", ()):
            if ec2.get_security_group_from_id(group) is None:
                raise Refusal(INVALID, f"The security group {group} does not exist.")
        subnets = [ec2.get_subnet(each) for each in wanted.get("subnetIds", ())]
        zones = {subnet.availability_zone for subnet in subnets}
        if subnets and len(zones) < LEAST_ZONES:
            raise Refusal(INVALID, f"Subnets must span at least {LEAST_ZONES} zones.")

    def _get_workgroup(self, **wanted: Any) -> Shape:
        with _looking(self._workgroups, "workgroup", wanted["workgroupName"]) as found:
            return {"workgroup": found}

    def _update_workgroup(self, **wanted: Any) -> Shape:
        found = _get(self._workgroups, "workgroup", wanted["workgroupName"])
        if "baseCapacity" in wanted:
            found["baseCapacity"] = _checked_rpu(wanted["baseCapacity"])
        return {"workgroup": found}

    def _delete_workgroup(self, **wanted: Any) -> Shape:
        found = _get(self._workgroups, "workgroup", wanted["workgroupName"])
        if found["status"] != AVAILABLE:
            raise Refusal(CONFLICT, f"The workgroup is {found['status']}.")
        found["status"] = DELETING
        return {"workgroup": dict(found)}

    def _list_workgroups(self, **_: Any) -> Shape:
        return {"workgroups": list(self._workgroups.values())}

    def _create_usage_limit(self, **wanted: Any) -> Shape:
        arns = [each["workgroupArn"] for each in self._workgroups.values()]
        if wanted["resourceArn"] not in arns:
            raise Refusal(MISSING, "The workgroup does not exist.")
        if wanted["amount"] <= 0:
            raise Refusal(INVALID, "The amount must be a positive number.")
        limit = {"period": "monthly", "breachAction": "log", **wanted}
        keys = ("resourceArn", "usageType", "period")
        if any(
            all(each[key] == limit[key] for key in keys)
            for each in self._limits.values()
        ):
            raise Refusal(CONFLICT, "There is such a usage limit already.")
        limit["usageLimitId"] = str(uuid4())
        limit["usageLimitArn"] = self._arn("usagelimit", limit["usageLimitId"])
        self._limits[limit["usageLimitId"]] = limit
        return {"usageLimit": limit}

    def _update_usage_limit(self, **wanted: Any) -> Shape:
        found = _get(self._limits, "usage limit", wanted["usageLimitId"])
        found.update(wanted)
        return {"usageLimit": found}

    def _delete_usage_limit(self, **wanted: Any) -> Shape:
        found = _get(self._limits, "usage limit", wanted["usageLimitId"])
        del self._limits[wanted["usageLimitId"]]
        return {"usageLimit": found}

    def _list_usage_limits(self, **wanted: Any) -> Shape:
        arn = wanted.get("resourceArn")
        found = [
            each for each in self._limits.values() if arn in (None, each["resourceArn"])
        ]
        return {"usageLimits": found} if found else {}

    def _list_snapshots(self, **_: Any) -> Shape:
        return {"snapshots": self.snapshots}

    def _list_tags_for_resource(self, **wanted: Any) -> Shape:
        if wanted["resourceArn"] not in self._tags:
            raise Refusal(MISSING, "The resource does not exist.")
        return {"tags": self._tags[wanted["resourceArn"]]}

    def _get_credentials(self, user: str, **wanted: Any) -> Shape:
        _get(self._workgroups, "workgroup", wanted.get("workgroupName", ""))
        seconds = wanted.get("durationSeconds", SECONDS_VALID.start)
        if seconds not in SECONDS_VALID:
            raise Refusal(INVALID, f"{seconds} seconds are not valid.")
        ends_at = datetime.now(UTC) + timedelta(seconds=seconds)
        password = self.make_password(user, ends_at)
        return {"dbUser": user, "dbPassword": password, "expiration": ends_at}

    def workgroup_arn(self, name: str) -> str:
        """Return the ARN of a workgroup, for a policy; of all where there is none."""
        return str(self._workgroups.get(name, {}).get("workgroupArn", "*"))

    def roles(self) -> list[str]:
        """Return the ARNs of the roles that the namespaces may use."""
        return [
            role.partition("iamRoleArn=")[2].rstrip(")")
            for each in self._namespaces.values()
            for role in each["iamRoles"]
        ]


def _secret_id(namespace: str, user: str) -> str:
    return f"redshift!{namespace}-{user}"


def _get(known: dict[str, Shape], kind: str, name: str) -> Shape:
    if name not in known:
        raise Refusal(MISSING, f"The {kind} {name} does not exist.")
    return known[name]


@contextmanager
def _looking(known: dict[str, Shape], kind: str, name: str) -> Iterator[Shape]:
    """Yield something as it is; a look ends what was going on."""
    found = _get(known, kind, name)
    yield dict(found)
    if found["status"] == DELETING:
        del known[name]
    found["status"] = AVAILABLE


def _checked_rpu(rpu: int) -> int:
    if rpu != 4 and (rpu % 8 or not 8 <= rpu <= 1024):
        raise Refusal(INVALID, f"The base capacity {rpu} is not valid.")
    return rpu


def _roles(wanted: Shape) -> list[str]:
    """Return roles as the service lists them; a role must exist."""
    known = iam_backends[DEFAULT_ACCOUNT_ID]["aws"].roles.values()
    arns = [role.arn for role in known]
    for role in wanted.get("iamRoles", ()):
        if role not in arns:
            raise Refusal(INVALID, f"The IAM role {role} is not valid.")
    return [
        f"IamRole(applyStatus=in-sync, iamRoleArn={role})"
        for role in wanted.get("iamRoles", ())
    ]
