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


def redshift_roles(iam: Iam) -> Callable[[str], Any]:
    """Return what opens a client of S3 with the rights of a role.

    Args:
        iam: The account's IAM.
    """

    def open_s3(role: str) -> Any:
        try:
            credentials: Any = iam.assume(
                role.rpartition("/")[2],
                SERVICE,
                "RedshiftIamRoleSession",
                SourceAccount=DEFAULT_ACCOUNT_ID,
            )
        except RoleError as error:
            raise CopyError(
                f"User {SERVICE} is not authorized to assume IAM Role {role}: {error}"
            ) from error
        return boto3.client("s3", region_name=iam.region, **credentials)

    return open_s3
