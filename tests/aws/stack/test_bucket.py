"""The bucket is closed to others, and what others keep in it is left alone."""

from __future__ import annotations

import json

import pytest

from sparkify.aws.names import Names
from sparkify.aws.provision import apply
from sparkify.errors import CloudError
from tests.support.aws import (
    ACCOUNT,
    BUCKET,
    Calls,
    client,
    in_region,
    look,
    make,
    settings,
)


def test_the_bucket_is_private_encrypted_and_expires_temporary_objects(
    calls: Calls,
) -> None:
    make()
    with client("s3") as s3:
        access = s3.get_public_access_block(Bucket=BUCKET)
        encryption = s3.get_bucket_encryption(Bucket=BUCKET)
        policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
        rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert set(access["PublicAccessBlockConfiguration"].values()) == {True}
    [rule] = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert policy["Statement"][0]["Effect"] == "Deny"
    assert rules[0]["Filter"] == {"Prefix": "temp/"}
    assert rules[0]["Expiration"] == {"Days": 1}
    assert rules[1]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_a_bucket_of_another_region_is_refused(calls: Calls) -> None:
    with client("s3", "us-east-1") as s3:
        s3.create_bucket(Bucket="ours-in-the-east")
    planned = look(settings(bucket="ours-in-the-east"))
    assert "COPY reads from its own region only" in planned.refusals[0]
    with pytest.raises(CloudError, match="is in us-east-1, and COPY reads from its"):
        apply(planned)
    assert calls.changes == []


def test_a_bucket_of_another_account_is_refused(calls: Calls) -> None:
    calls.refuse("HeadBucket", code="403")
    planned = look()
    assert planned.resources[0].state == "there, of another account"
    assert "choose another bucket, or auto" in planned.refusals[0]


def test_an_existing_bucket_is_used_as_it_is(calls: Calls) -> None:
    in_region("shared", raw__a=b"theirs")
    made = make(settings(bucket="shared"))
    assert made.cloud.bucket == "shared"
    changes = [name for name in calls.changes if name.startswith("s3.")]
    assert changes == ["s3.PutObject"]
    [marker] = calls.of("PutObject")
    assert marker["Key"] == Names(settings(), ACCOUNT).marker
    assert make(settings(bucket="shared")).is_unchanged


def test_an_existing_bucket_with_objects_below_our_prefixes_is_refused(
    calls: Calls,
) -> None:
    in_region("shared", logs__a=b"theirs")
    [refusal] = look(settings(bucket="shared")).refusals
    assert "holds objects below logs/ that are not ours" in refusal


def test_an_untagged_bucket_with_our_name_is_refused(calls: Calls) -> None:
    in_region(BUCKET, a=b"theirs")
    [refusal] = look().refusals
    assert "exists and is not tagged as ours" in refusal
