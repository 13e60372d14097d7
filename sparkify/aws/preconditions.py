"""What can be known of the settings before AWS is asked anything."""

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
    """Refuses settings that AWS would refuse later, and those that are not safe.

    Raises:
        CloudError: A setting cannot be; the message says what can.
    """
    check_region(settings.region)
    if "--" in settings.name:
        raise CloudError(
            f"name '{settings.name}' has two hyphens in a row, which Redshift does not "
            "take; leave one out"
        )
    if settings.bucket != AUTO and (
        not BUCKET_NAME.fullmatch(settings.bucket) or ".." in settings.bucket
    ):
        raise CloudError(
            f"bucket '{settings.bucket}' is no bucket's name; use 3 to 63 small "
            "letters, digits and hyphens, or auto"
        )
    if needs_emr and source and not s3.is_s3(source):
        raise CloudError(
            f"source '{source}' is not in S3, where EMR could read it; copy it there "
            "and name it as s3://bucket/prefix"
        )
    if needs_redshift and settings.cluster == NEW:
        check_nodes(settings.node_type, settings.nodes)
    if needs_redshift and settings.ingress != AUTO:
        check_ingress(settings.ingress)


def check_region(region: str) -> None:
    """Refuses what is no region of AWS's commercial partition.

    The ARNs of policies are written for that one.

    Raises:
        CloudError: It is none.
    """
    from botocore.exceptions import UnknownRegionError

    from sparkify.aws.session import new_session

    try:
        partition = new_session(region).get_partition_for_region(region)
    except UnknownRegionError:
        partition = ""
    if partition != PARTITION:
        raise CloudError(
            f"region '{region}' is no commercial region of AWS; choose one such as "
            "us-west-2"
        )
