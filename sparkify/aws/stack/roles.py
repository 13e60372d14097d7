"""The IAM roles with their permissions, and the profile of EMR's instances."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from sparkify.aws.names import is_ours, tags
from sparkify.aws.session import Clients, find
from sparkify.aws.settings import Settings
from sparkify.aws.stack.finding import ABSENT, NOT_OURS, THERE, Change, Finding
from sparkify.aws.stack.statements import Policy, same
from sparkify.aws.waiting import until_known, wait_for
from sparkify.errors import CloudError

POLICY_NAME = "sparkify"
UNKNOWN = "NoSuchEntity"


class Role:
    """A role with one inline policy.

    Args:
        clients: The clients.
        settings: The AWS parameters.
        name: The role's name.
        trust: Who may assume it.
        policy: Returns its permissions; None while what they name does not exist yet.
        is_for_emr: Whether it also carries EMR's tag.
    """

    kind = "iam role"
    cost = 0.0

    def __init__(
        self,
        clients: Clients,
        settings: Settings,
        name: str,
        trust: Policy,
        policy: Callable[[], Policy | None],
        *,
        is_for_emr: bool = False,
    ) -> None:
        self._iam = clients.iam
        self._settings = settings
        self.name = name
        self._trust = trust
        self._policy = policy
        self._tags = tags(settings, is_for_emr=is_for_emr)

    def look(self) -> Finding:
        """Return the state of the role; change nothing."""
        found = find(self._iam.get_role, UNKNOWN, RoleName=self.name)
        put = Change("policy", self._put_policy)
        if found is None:
            return Finding(ABSENT, (Change("create", self._create), put))
        role = found["Role"]
        if not is_ours(role.get("Tags"), self._settings):
            return Finding(
                NOT_OURS,
                refusal=f"role '{self.name}' exists and is not tagged as ours; choose "
                "another name, or delete the role",
            )
        changes = []
        if not same(role["AssumeRolePolicyDocument"], self._trust):
            changes.append(Change("trust", self._put_trust))
        there = find(
            self._iam.get_role_policy,
            UNKNOWN,
            RoleName=self.name,
            PolicyName=POLICY_NAME,
        )
        if there is None or not same(there["PolicyDocument"], self._policy()):
            changes.append(put)
        return Finding(THERE, tuple(changes))

    def _create(self) -> None:
        self._iam.create_role(
            RoleName=self.name,
            AssumeRolePolicyDocument=json.dumps(self._trust),
            Description="Made by Sparkify's 01_provision, removed by its 99_teardown",
            Tags=self._tags,
        )
        what = f"role '{self.name}'"
        wait_for(self._iam, "role_exists", what, RoleName=self.name)

    def _put_trust(self) -> None:
        self._iam.update_assume_role_policy(
            RoleName=self.name, PolicyDocument=json.dumps(self._trust)
        )

    def _put_policy(self) -> None:
        policy = self._policy()
        if policy is None:
            raise CloudError(
                f"role '{self.name}' cannot get its permissions: the subnet or the "
                "security group that they name was deleted; run 01_provision again"
            )
        put = partial(
            self._iam.put_role_policy,
            RoleName=self.name,
            PolicyName=POLICY_NAME,
            PolicyDocument=json.dumps(policy),
        )
        until_known(put, UNKNOWN)


class InstanceProfile:
    """The profile that gives EMR's instances their role.

    Args:
        clients: The clients.
        settings: The AWS parameters.
        name: The name of the profile and of its role.
    """

    kind = "emr instance profile"
    cost = 0.0

    def __init__(self, clients: Clients, settings: Settings, name: str) -> None:
        self._iam = clients.iam
        self._settings = settings
        self.name = name

    def look(self) -> Finding:
        """Return the state of the profile; change nothing."""
        found = find(
            self._iam.get_instance_profile, UNKNOWN, InstanceProfileName=self.name
        )
        fill = Change("role", self._add_role)
        if found is None:
            return Finding(ABSENT, (Change("create", self._create), fill))
        profile = found["InstanceProfile"]
        roles = [role["RoleName"] for role in profile["Roles"]]
        if not is_ours(profile.get("Tags"), self._settings):
            return Finding(
                NOT_OURS,
                refusal=f"instance profile '{self.name}' exists and is not tagged as "
                "ours; choose another name, or delete the profile",
            )
        if roles == [self.name]:
            return Finding(THERE)
        if roles:
            return Finding(
                THERE,
                refusal=f"instance profile '{self.name}' holds the role '{roles[0]}'; "
                "remove it from the profile",
            )
        return Finding(THERE, (fill,))

    def _create(self) -> None:
        self._iam.create_instance_profile(
            InstanceProfileName=self.name, Tags=tags(self._settings, is_for_emr=True)
        )
        wait_for(
            self._iam,
            "instance_profile_exists",
            f"instance profile '{self.name}'",
            InstanceProfileName=self.name,
        )

    def _add_role(self) -> None:
        add = partial(
            self._iam.add_role_to_instance_profile,
            InstanceProfileName=self.name,
            RoleName=self.name,
        )
        until_known(add, UNKNOWN)
