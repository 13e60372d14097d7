"""The fast answers of S3 are moto's own, and policies are evaluated as ever."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote, urlparse

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from moto.s3.responses import S3Response

from sparkify.rehearsal import aws
from sparkify.rehearsal.aws import Account, account

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("aws")]

REGION = "us-west-2"
# What differs from request to request, and what browsers ask for.
OWN = {"date", "last-modified", "x-amzn-requestid", "access-control-allow-origin"}
OF_REQUEST = re.compile(rb"<(RequestId|HostId|LastModified)>[^<]+")
OBJECTS = {
    "log data/é & <b>.json": b'{"page": "Home"}\n',
    "empty": b"",
    "large": b"0123456789" * 100_000,
}
READS_LOGS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": "arn:aws:s3:::raw/log data/*",
        }
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Account]:
    with account(region=REGION, is_iam_on=True) as opened:
        fill(opened, tmp_path / "source")
        yield opened


def fill(opened: Account, folder: Path) -> None:
    for key, body in OBJECTS.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(body)
    opened.put("s3://raw", folder)


def get(opened: Account, path: str, **headers: str) -> tuple[int, Any, bytes]:
    """Send a signed GET; return the status, the headers and the body."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest("GET", f"{opened.endpoint}/raw{path}", headers=headers)
    credentials = boto3.Session().get_credentials()
    assert credentials
    S3SigV4Auth(credentials, "s3", REGION).add_auth(request)
    connection = http.client.HTTPConnection(urlparse(opened.endpoint).netloc)
    connection.request("GET", f"/raw{path}", headers=dict(request.headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    shown = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, {n: v for n, v in shown.items() if n not in OWN}, body


REQUESTS: dict[str, tuple[str, dict[str, str]]] = {
    **{key: (f"/{quote(key)}", {}) for key in OBJECTS},
    "a matching version": ("/empty", {"If_Match": "d41d8cd98f00b204e9800998ecf8427e"}),
    "another version": ("/empty", {"If_Match": "0" * 32}),
    "a range": ("/large", {"Range": "bytes=5-14"}),
    "no change": ("/empty", {"If_None_Match": "d41d8cd98f00b204e9800998ecf8427e"}),
    "a listing": ("?list-type=2&encoding-type=url&prefix=log%20data/", {}),
    "a raw listing": ("?list-type=2", {}),
    "a page": ("?list-type=2&max-keys=1", {}),
    "folders": ("?list-type=2&delimiter=/", {}),
    "owners": ("?list-type=2&fetch-owner=true", {}),
    "nothing": ("?list-type=2&prefix=none", {}),
}


def test_every_answer_is_the_one_that_moto_gives(tmp_path: Path) -> None:
    def answers(folder: Path) -> dict[str, tuple[int, Any, bytes]]:
        with account(region=REGION) as opened:
            fill(opened, folder)
            return {
                name: get(opened, path, **headers)
                for name, (path, headers) in REQUESTS.items()
            }

    found = answers(tmp_path / "fast")
    with mock.patch.object(aws, "fast_answers", lambda _: nullcontext()):
        expected = answers(tmp_path / "slow")
    for name, (status, headers, body) in expected.items():
        assert found[name][0] == status, name
        assert found[name][1] == headers, name
        assert OF_REQUEST.sub(b"", found[name][2]) == OF_REQUEST.sub(b"", body), name


def test_a_plain_get_does_not_reach_moto(opened: Account) -> None:
    with mock.patch.object(S3Response, "key_response", side_effect=AssertionError):
        for key, body in OBJECTS.items():
            assert get(opened, f"/{quote(key)}")[::2] == (200, body)


def test_what_a_role_may_not_read_is_not_answered_by_another_account(
    tmp_path: Path,
) -> None:
    with account(region=REGION), account(region=REGION, is_iam_on=True) as opened:
        fill(opened, tmp_path)
        iam = boto3.client("iam")
        iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
        assert opened.iam is not None
        login: Any = opened.iam.assume("reader", "ec2.amazonaws.com", "i-1")
        with pytest.raises(ClientError, match="not authorized"):
            boto3.client("s3", **login).get_object(Bucket="raw", Key="large")


def test_a_role_reads_what_its_policy_allows_and_nothing_else(opened: Account) -> None:
    iam = boto3.client("iam")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(
        RoleName="reader", PolicyName="p", PolicyDocument=json.dumps(READS_LOGS)
    )
    assert opened.iam is not None
    login: Any = opened.iam.assume("reader", "ec2.amazonaws.com", "i-1")
    s3 = boto3.client("s3", **login)
    key, *_ = OBJECTS
    assert s3.get_object(Bucket="raw", Key=key)["Body"].read() == OBJECTS[key]
    assert ("reader", "s3:GetObject") in opened.iam.asked
    with pytest.raises(ClientError, match="not authorized to perform: s3:GetObject"):
        s3.get_object(Bucket="raw", Key="large")
    assert len(opened.iam.denied) == 1
    iam.delete_role_policy(RoleName="reader", PolicyName="p")
    with pytest.raises(ClientError, match="not authorized to perform: s3:GetObject"):
        s3.get_object(Bucket="raw", Key=key)
