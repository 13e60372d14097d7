"""The roles that Redshift assumes to read from S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID

from sparkify.rehearsal.iam import Iam, RoleError
from sparkify.rehearsal.redshift.load_errors import CopyError

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICE = "redshift.amazonaws.com"
SERVERLESS = "redshift-serverless.amazonaws.com"


def redshift_roles(
    iam: Iam, attached: Callable[[], list[str]] | None = None
) -> Callable[[str], Any]:
    """Return what opens a client of S3 with the rights of a role.

    Args:
        iam: The account's IAM.
        attached: Returns the roles of a namespace of Redshift Serverless, which both
            services must be able to assume; None for a cluster.
    """
    services = [SERVICE] if attached is None else [SERVICE, SERVERLESS]

    def open_s3(role: str) -> Any:
        credentials: Any = {}
        if attached is not None and role not in attached():
            raise CopyError(f"IAM Role {role} is not associated to the namespace")
        try:
            for service in services:
                credentials = iam.assume(
                    role.rpartition("/")[2],
                    service,
                    "RedshiftIamRoleSession",
                    SourceAccount=DEFAULT_ACCOUNT_ID,
                )
        except RoleError as error:
            raise CopyError(
                f"User {services[-1]} is not authorized to assume IAM Role {role}: "
                f"{error}"
            ) from error
        return boto3.client("s3", region_name=iam.region, **credentials)

    return open_s3
