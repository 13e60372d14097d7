"""Policies are evaluated as AWS does it: action, resource, condition, and a denial."""

from __future__ import annotations

from typing import Any

import pytest

from sparkify.aws.stack import policies
from sparkify.aws.stack.emr_policy import emr_service
from sparkify.rehearsal.emr_roles import NOT_USED, actions_of_aws
from sparkify.rehearsal.iam_policies import Asked, allows, trusts

BUCKET = "arn:aws:s3:::ours"
LIST = {
    "Effect": "Allow",
    "Action": ["s3:ListBucket"],
    "Resource": BUCKET,
    "Condition": {"StringLike": {"s3:prefix": ["flat/*"]}},
}
GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"{BUCKET}/flat/*"]}


def is_allowed(*statements: Any, **asked: Any) -> bool:
    return allows([{"Statement": list(statements)}], Asked(**asked))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"action": "s3:GetObject", "resource": f"{BUCKET}/flat/a/b"}, True),
        ({"action": "s3:getobject", "resource": f"{BUCKET}/flat/a"}, True),
        ({"action": "s3:GetObject", "resource": f"{BUCKET}/raw/a"}, False),
        ({"action": "s3:PutObject", "resource": f"{BUCKET}/flat/a"}, False),
        ({"action": "s3:ListBucket", "resource": BUCKET}, False),
        (
            {
                "action": "s3:ListBucket",
                "resource": BUCKET,
                "context": {"s3:prefix": "flat/x"},
            },
            True,
        ),
        (
            {
                "action": "s3:ListBucket",
                "resource": BUCKET,
                "context": {"s3:prefix": "raw/"},
            },
            False,
        ),
    ],
)
def test_a_request_needs_action_resource_and_condition(
    asked: dict[str, Any], expected: bool
) -> None:
    assert is_allowed(GET, LIST, **asked) is expected


def test_a_denial_outweighs_what_is_allowed() -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    assert not is_allowed(GET, deny, action="s3:GetObject", resource=f"{BUCKET}/flat/a")


def test_what_is_not_evaluated_is_an_error() -> None:
    unknown: list[Any] = [{"NotResource": "*"}, {"Condition": {"IpAddress": {}}}]
    for more in unknown:
        with pytest.raises(NotImplementedError, match=r"lacks"):
            is_allowed(
                {**GET, **more}, action="s3:GetObject", resource=f"{BUCKET}/flat/a"
            )


def assume(**context: str) -> Asked:
    return Asked("sts:AssumeRole", "*", {f"aws:{key}": context[key] for key in context})


def test_a_role_is_assumed_by_its_service_for_its_account_only() -> None:
    redshift = ("Service", "redshift.amazonaws.com")
    trust = policies.trust_redshift("123456789012")
    assert trusts(trust, redshift, assume(SourceAccount="123456789012"))
    assert not trusts(trust, redshift, assume(SourceAccount="210987654321"))
    assert not trusts(trust, redshift, assume())
    ec2 = ("Service", "ec2.amazonaws.com")
    assert not trusts(trust, ec2, assume(SourceAccount="123456789012"))
    assert trusts(policies.trust_ec2(), ec2, assume())


def test_emr_may_do_what_awss_own_policy_allows_and_our_clusters_use() -> None:
    ours = emr_service("123456789012", "us-west-2", "subnet-1", "sg-1", "role")
    named = {action for each in ours["Statement"] for action in each["Action"]}
    assert named == {*actions_of_aws(), "iam:PassRole"}
    assert not named & NOT_USED
