"""Checks of the settings that need no call to AWS."""

from __future__ import annotations

import re

from sparkify import s3
from sparkify.aws.ingress import check_ingress
from sparkify.aws.prices import check_nodes
from sparkify.aws.settings import AUTO, NEW, Settings
from sparkify.errors import CloudError

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PARTITION = "aws"


def check_settings(
    settings: Settings, *, needs_emr: bool, needs_redshift: bool, source: str = ""
) -> None:
    """Refuse settings that AWS would refuse later, and settings that are not safe.

    Raises:
        CloudError: A setting is not possible; the message says what is.
    """
    check_region(settings.region)
    if "--" in settings.name:
        raise CloudError(
            f"name '{settings.name}' has two hyphens in a row, which Redshift does not "
            "accept; remove one"
        )
    if settings.bucket != AUTO and (
        not BUCKET_NAME.fullmatch(settings.bucket) or ".." in settings.bucket
    ):
        raise CloudError(
            f"bucket '{settings.bucket}' is not a valid bucket name; use 3 to 63 "
            "lowercase letters, digits and hyphens, or auto"
        )
    if needs_emr and source and not s3.is_s3(source):
        raise CloudError(
            f"source '{source}' is not in S3, so EMR cannot read it; copy it to S3 "
            "and use s3://bucket/prefix"
        )
    if needs_redshift and settings.cluster == NEW:
        check_nodes(settings.node_type, settings.nodes)
    if needs_redshift and settings.ingress != AUTO:
        check_ingress(settings.ingress)


def check_region(region: str) -> None:
    """Refuse a region outside AWS's commercial partition.

    The ARNs in our policies are of that partition.

    Raises:
        CloudError: It is outside.
    """
    from botocore.exceptions import UnknownRegionError

    from sparkify.aws.session import new_session

    try:
        partition = new_session(region).get_partition_for_region(region)
    except UnknownRegionError:
        partition = ""
    if partition != PARTITION:
        raise CloudError(
            f"region '{region}' is not a commercial region of AWS; choose one such as "
            "us-west-2"
        )
