"""Each role may do what the code needs, on the resources that it needs, no more."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from sparkify.aws.stack import policies
from sparkify.aws.stack.emr_job_policy import emr_job, trust_emr_serverless
from sparkify.aws.stack.emr_policy import DESCRIBE, emr_service
from sparkify.aws.stack.spark_policy import source_folders
from sparkify.aws.stack.statements import same

ACCOUNT, REGION, BUCKET = "123456789012", "us-west-2", "ours"
S3 = "arn:aws:s3:::"
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
REDSHIFT = f"arn:aws:redshift:{REGION}:{ACCOUNT}"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:redshift!a-b-AbCdEf"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sparkify-emr-instances"
SUBNET, GROUP = f"{EC2}:subnet/subnet-1", f"{EC2}:security-group/sg-1"
TAG = "for-use-with-amazon-emr-managed-policies"
TAGGED = {"StringEquals": {f"aws:ResourceTag/{TAG}": "true"}}
BY_REQUEST = {"StringEquals": {f"aws:RequestTag/{TAG}": "true"}}

Allowed = set[tuple[str, str]]


def allowed(document: dict[str, Any]) -> Allowed:
    """Take a policy apart into what it allows: (action, resource)."""
    return {
        pair
        for statement in document["Statement"]
        for pair in product(statement["Action"], statement["Resource"])
    }


def pairs(actions: str, *resources: str) -> Allowed:
    return set(product(actions.split(), resources))


def conditions(document: dict[str, Any]) -> dict[str, Any]:
    return {
        statement["Sid"]: statement["Condition"]
        for statement in document["Statement"]
        if "Condition" in statement
    }


ROLES = {
    "redshift copy": (
        policies.redshift_copy(BUCKET),
        pairs(
            "s3:GetObject",
            f"{S3}ours/flat/*",
            f"{S3}ours/manifests/*",
            f"{S3}ours/temp/*",
        )
        | pairs("s3:ListBucket s3:GetBucketLocation", f"{S3}ours"),
    ),
    "dashboard": (
        policies.dashboard(ACCOUNT, REGION, "sparkify", "star"),
        pairs(
            "redshift:GetClusterCredentials",
            f"{REDSHIFT}:dbuser:sparkify/dashboard",
            f"{REDSHIFT}:dbname:sparkify/star",
        ),
    ),
    "emr instances": (
        policies.emr_instances(BUCKET, REGION, source="s3://raw/2018", secret=SECRET),
        pairs(
            "s3:GetObject s3:PutObject s3:DeleteObject s3:AbortMultipartUpload "
            "s3:ListMultipartUploadParts",
            *(f"{S3}ours/{prefix}/*" for prefix in ("flat", "jobs", "logs", "temp")),
        )
        | pairs(
            "s3:ListBucket s3:GetBucketLocation s3:ListBucketMultipartUploads",
            f"{S3}ours",
        )
        | pairs(
            "s3:GetObject",
            f"{S3}raw/2018/log_data/*",
            f"{S3}raw/2018/song_data/*",
            f"{S3}us-west-2.elasticmapreduce/*",
        )
        | pairs("s3:ListBucket", f"{S3}raw")
        | pairs("secretsmanager:GetSecretValue", SECRET),
    ),
    "emr job": (
        emr_job(BUCKET, "s3://raw/2018"),
        pairs(
            "s3:GetObject s3:PutObject s3:DeleteObject s3:AbortMultipartUpload "
            "s3:ListMultipartUploadParts",
            *(f"{S3}ours/{prefix}/*" for prefix in ("flat", "jobs", "logs", "temp")),
        )
        | pairs(
            "s3:ListBucket s3:GetBucketLocation s3:ListBucketMultipartUploads",
            f"{S3}ours",
        )
        | pairs("s3:GetObject", f"{S3}raw/2018/log_data/*", f"{S3}raw/2018/song_data/*")
        | pairs("s3:ListBucket", f"{S3}raw"),
    ),
    "emr service": (
        emr_service(ACCOUNT, REGION, "subnet-1", "sg-1", ROLE),
        pairs(
            "ec2:RunInstances ec2:CreateFleet ec2:CreateLaunchTemplate "
            "ec2:CreateLaunchTemplateVersion",
            SUBNET,
            GROUP,
            f"arn:aws:ec2:{REGION}::image/ami-*",
            f"{EC2}:network-interface/*",
            f"{EC2}:capacity-reservation/*",
            f"{EC2}:fleet/*",
        )
        | pairs(
            "ec2:RunInstances ec2:CreateFleet",
            f"{EC2}:instance/*",
            f"{EC2}:volume/*",
            f"{EC2}:launch-template/*",
        )
        | pairs(
            "ec2:CreateLaunchTemplate ec2:CreateLaunchTemplateVersion",
            f"{EC2}:launch-template/*",
        )
        | pairs(
            "ec2:DeleteLaunchTemplate ec2:DeleteNetworkInterface "
            "ec2:ModifyInstanceAttribute ec2:TerminateInstances ec2:CreateTags "
            "ec2:DeleteTags",
            f"{EC2}:instance/*",
            f"{EC2}:volume/*",
            f"{EC2}:network-interface/*",
            f"{EC2}:launch-template/*",
        )
        | pairs(
            "ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress "
            "ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress",
            GROUP,
        )
        | pairs(" ".join(DESCRIBE), "*")
        | pairs("iam:PassRole", ROLE),
    ),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_exactly_what_it_needs(role: str) -> None:
    document, needed = ROLES[role]
    assert allowed(document) == needed


@pytest.mark.parametrize("role", ROLES)
def test_no_action_is_a_wildcard_and_only_ec2_reads_cover_every_resource(
    role: str,
) -> None:
    for action, resource in allowed(ROLES[role][0]):
        assert "*" not in action
        assert resource != "*" or action.startswith("ec2:Describe")


@pytest.mark.parametrize("role", ROLES)
def test_each_action_is_one_that_awss_own_policies_name(role: str) -> None:
    named = set(re.findall(r"[a-z0-9-]+:[A-Z]\w+", aws_managed_policies_data))
    assert {action for action, _ in allowed(ROLES[role][0])} <= named


@pytest.mark.parametrize("role", ROLES)
def test_each_statement_has_a_unique_name_and_only_allows(role: str) -> None:
    statements = ROLES[role][0]["Statement"]
    names = [statement["Sid"] for statement in statements]
    assert len(set(names)) == len(names)
    assert all(name.isalnum() for name in names)
    assert {statement["Effect"] for statement in statements} == {"Allow"}


def test_wildcards_of_emr_are_limited_to_its_tag_or_its_launch() -> None:
    bound = conditions(ROLES["emr service"][0])
    assert bound == {
        "LaunchTagged": BY_REQUEST,
        "MakeTaggedTemplate": BY_REQUEST,
        "LaunchFromTaggedTemplate": TAGGED,
        "ManageTagged": TAGGED,
        "TagTagged": TAGGED,
        "TagWhatIsMade": {
            "StringEquals": {
                "ec2:CreateAction": [
                    "CreateFleet",
                    "CreateLaunchTemplate",
                    "RunInstances",
                ]
            }
        },
        "PassInstanceRole": {
            "StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}
        },
    }


def test_buckets_are_listed_only_below_the_needed_prefixes() -> None:
    listed = conditions(ROLES["redshift copy"][0])["ListFiles"]
    assert listed["StringLike"]["s3:prefix"] == ["flat/*", "manifests/*", "temp/*"]
    listed = conditions(ROLES["emr instances"][0])["ListSource"]
    assert listed["StringLike"]["s3:prefix"] == [
        "2018/log_data/*",
        "2018/song_data/*",
    ]


def test_instances_without_source_or_redshift_reach_only_our_bucket() -> None:
    document = policies.emr_instances(BUCKET, REGION, source="workspace/demo")
    buckets = {resource.split("/")[0] for _, resource in allowed(document)}
    assert buckets == {f"{S3}ours", f"{S3}us-west-2.elasticmapreduce"}


def test_instances_log_in_by_iam_as_one_user_to_one_database() -> None:
    document = policies.emr_instances(
        BUCKET, REGION, login=(ACCOUNT, "sparkify", "star", "loader")
    )
    assert allowed(document) >= pairs(
        "redshift:GetClusterCredentials",
        f"{REDSHIFT}:dbuser:sparkify/loader",
        f"{REDSHIFT}:dbname:sparkify/star",
    )
    assert ("redshift:DescribeClusters", f"{REDSHIFT}:cluster:sparkify") in allowed(
        document
    )
    assert not any("secret" in action for action, _ in allowed(document))


@pytest.mark.parametrize("source", ["s3://raw", "s3://raw/", "s3://raw//"])
def test_a_source_may_be_a_whole_bucket(source: str) -> None:
    assert source_folders(source) == ("raw", ("log_data/", "song_data/"))


def test_each_role_trusts_one_principal() -> None:
    [trust] = policies.trust_redshift(ACCOUNT)["Statement"]
    assert trust["Principal"] == {"Service": "redshift.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    [trust] = policies.trust_ec2()["Statement"]
    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert "Condition" not in trust
    trusted = policies.trust_account(ACCOUNT)["Statement"]
    assert [each["Principal"] for each in trusted] == [
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    ]
    [trust] = policies.trust_emr(ACCOUNT, REGION)["Statement"]
    assert trust["Principal"] == {"Service": "elasticmapreduce.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    place = f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}"
    [trust] = trust_emr_serverless(ACCOUNT, REGION)["Statement"]
    assert trust["Principal"] == {"Service": "emr-serverless.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"{place}:/applications/*"},
    }


def test_the_bucket_answers_over_tls_only() -> None:
    [statement] = policies.tls_only(BUCKET)["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Principal"] == "*"
    assert statement["Resource"] == [f"{S3}ours", f"{S3}ours/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_policies_are_compared_by_their_meaning() -> None:
    document = policies.redshift_copy(BUCKET)
    unwrapped = {
        **document,
        "Statement": [
            {**each, "Action": each["Action"][0]} if len(each["Action"]) == 1 else each
            for each in reversed(document["Statement"])
        ],
    }
    assert same(document, unwrapped)
    assert not same(document, policies.redshift_copy("other"))
    assert not same(document, None)
