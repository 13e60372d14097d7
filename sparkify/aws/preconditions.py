"""Checks of the settings that need no call to AWS."""

from __future__ import annotations

import re

from sparkify import s3
from sparkify.aws.ingress import check_ingress
from sparkify.aws.prices import check_nodes
from sparkify.aws.rpu import check_capacity
from sparkify.aws.settings import AUTO, NEW, NONE, Settings
from sparkify.errors import ParameterError

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PARTITION = "aws"
IAM = "iam"
# From 7.10 on, s3:// is Hadoop's S3A, which the job is set for; the connector for
# Redshift is on board since 6.10. Release 8 has Spark 4, which was not tried there.
FIRST_RELEASE = (7, 10)
AFTER_RELEASES = (8, 0)
FEWEST_WORKERS = 2


def check_settings(
    settings: Settings,
    *,
    needs_emr: bool,
    needs_redshift: bool,
    needs_workgroup: bool = False,
    source: str = "",
    needs_emr_serverless: bool = False,
) -> None:
    """Refuse settings that AWS would refuse later, and settings that are not safe.

    Raises:
        ParameterError: A setting is not possible; the message says what is.
        CloudError: boto3 is not installed, or the profile is unknown.
    """
    if "--" in settings.name:
        raise ParameterError(
            f"name '{settings.name}' has two hyphens in a row, which Redshift does not "
            "accept; remove one"
        )
    if settings.bucket != AUTO and (
        not BUCKET_NAME.fullmatch(settings.bucket) or ".." in settings.bucket
    ):
        raise ParameterError(
            f"bucket '{settings.bucket}' is not a valid bucket name; use 3 to 63 "
            "lowercase letters, digits and hyphens, or auto"
        )
    reads_s3 = needs_emr or needs_emr_serverless
    if reads_s3 and source and not s3.is_s3(source):
        raise ParameterError(
            f"source '{source}' is not in S3, so EMR cannot read it; copy it to S3 "
            "and use s3://bucket/prefix"
        )
    makes_emr = needs_emr and settings.emr_cluster == NEW
    if needs_emr_serverless:
        _check_application(settings)
    if (makes_emr or needs_emr_serverless) and (
        problem := release_problem(settings.release)
    ):
        raise ParameterError(f"release is {problem}")
    if settings.budget_usd and settings.budget_email == NONE:
        raise ParameterError(
            f"budget_usd is {settings.budget_usd}, but budget_email is {NONE}, so the "
            "alarm would reach nobody; set budget_email, or budget_usd=0"
        )
    if needs_redshift and settings.cluster == NEW:
        check_nodes(settings.node_type, settings.nodes)
    if needs_workgroup:
        _check_workgroup(settings)
    if (needs_redshift or needs_workgroup) and settings.ingress != AUTO:
        check_ingress(settings.ingress)
    check_region(settings.region)


def _check_workgroup(settings: Settings) -> None:
    check_capacity(settings.base_rpu)
    if settings.cluster != NEW:
        raise ParameterError(
            f"cluster '{settings.cluster}' is not serverless; choose warehouse="
            "redshift to use it, or cluster=new"
        )
    if settings.login == IAM:
        raise ParameterError(
            f"login '{settings.login}' gives no administrator of Redshift Serverless, "
            "because IAM decides there as whom one logs in; choose login=secret"
        )


def _check_application(settings: Settings) -> None:
    if settings.emr_cluster != NEW:
        raise ParameterError(
            f"emr_cluster is '{settings.emr_cluster}', but engine 'emr_serverless' "
            "uses no cluster; leave emr_cluster=new, or choose engine 'emr'"
        )
    if settings.emr_instances < FEWEST_WORKERS:
        raise ParameterError(
            f"emr_instances is {settings.emr_instances}, but a job on EMR Serverless "
            "needs a worker for its driver and one for an executor; write "
            f"emr_instances={FEWEST_WORKERS} or more"
        )


def release_problem(release: str) -> str:
    """Return why an EMR release cannot run the jobs, with the remedy; else empty."""
    parts = tuple(map(int, re.findall(r"\d+", release)[:2]))
    if release.startswith("emr-") and FIRST_RELEASE <= parts < AFTER_RELEASES:
        return ""
    return (
        f"'{release}', and the jobs need Spark 3.5 and S3A, which emr-7.10.0 and later "
        "releases of emr-7 have; choose emr-7.13.0"
    )


def check_region(region: str) -> None:
    """Refuse a region outside AWS's commercial partition.

    The ARNs in our policies are of that partition.

    Raises:
        ParameterError: It is outside.
        CloudError: boto3 is not installed, or the profile is unknown.
    """
    from sparkify.aws.session import explained, new_session

    with explained():
        from botocore.exceptions import UnknownRegionError

        try:
            partition = new_session(region).get_partition_for_region(region)
        except UnknownRegionError:
            partition = ""
    if partition != PARTITION:
        raise ParameterError(
            f"region '{region}' is not a commercial region of AWS; choose one such as "
            "us-west-2"
        )
