"""The namespace of Redshift Serverless: the database, its users and its roles.

Redshift encrypts it, and Secrets Manager keeps its administrator's password.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sparkify.aws.names import USER, Names
from sparkify.aws.session import Clients, find
from sparkify.aws.stack.finding import Change
from sparkify.aws.stack.serverless_resource import (
    INVALID,
    NO_RESOURCE,
    ServerlessResource,
)
from sparkify.aws.waiting import until_known


class Namespace(ServerlessResource):
    """The namespace, with the role by which COPY reads our bucket.

    Args:
        clients: The clients.
        names: The names of the resources.
    """

    kind = "redshift namespace"
    cost = 0.0  # but for what is stored

    def __init__(self, clients: Clients, names: Names) -> None:
        super().__init__(clients, names)
        self._copy_role = names.role_arn(names.copy_role)

    def find(self) -> dict[str, Any] | None:
        """Return AWS's description of the namespace; None if it does not exist."""
        request = {"namespaceName": self.name}
        found = find(self._redshift.get_namespace, NO_RESOURCE, **request)
        return dict(found["namespace"]) if found else None

    @property
    def secret(self) -> str:
        """The ARN of the secret with the password; empty if there is none yet."""
        return str((self.find() or {}).get("adminPasswordSecretArn", ""))

    def _arn(self, found: dict[str, Any]) -> str:
        return str(found["namespaceArn"])

    def _create(self) -> None:
        create = partial(
            self._redshift.create_namespace,
            namespaceName=self.name,
            dbName=self._settings.database,
            adminUsername=USER,
            manageAdminPassword=True,
            iamRoles=[self._copy_role],
            tags=self._tags,
        )
        until_known(create, INVALID, words=("role",))  # which Redshift may not know yet
        self._is_created = True

    def _changes(self, found: dict[str, Any]) -> tuple[Change, ...]:
        # AWS lists a role as "IamRole(applyStatus=in-sync, iamRoleArn=...)".
        roles = [str(role).rstrip(")") for role in found.get("iamRoles", ())]
        if any(role.endswith(self._copy_role) for role in roles):
            return ()
        attach = partial(
            self._redshift.update_namespace,
            namespaceName=self.name,
            iamRoles=[self._copy_role],
        )
        return (Change("role of COPY", attach),)
