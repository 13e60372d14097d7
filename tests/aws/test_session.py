"""Every AWS call goes through one place, and AWS's errors become clear words."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from sparkify.aws import waiting
from sparkify.aws.session import clients, explained, find
from sparkify.errors import CloudError
from sparkify.progress import Progress
from sparkify.rehearsal.aws import account
from tests.support.aws import REGION, logged


def error(code: str, message: str = "said") -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}}
    return ClientError(answer, "CreateBucket")


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (exceptions.NoCredentialsError(), "no AWS credentials were found.*aws conf"),
        (exceptions.ProfileNotFound(profile="x"), "no AWS credentials were found"),
        (exceptions.UnauthorizedSSOTokenError(), "expired; run 'aws sso login'"),
        (error("ExpiredToken"), r"have expired \(ExpiredToken\); run 'aws"),
        (error("InvalidClientTokenId"), "does not accept the credentials"),
        (error("AccessDenied", "User x may not"), "not do CreateBucket.*User x may"),
        (error("BucketAlreadyExists"), "another account has it; choose another"),
        (
            exceptions.EndpointConnectionError(endpoint_url="https://s3.nowhere"),
            "cannot reach AWS.*check the network",
        ),
        (
            exceptions.ParamValidationError(report="Bucket"),
            "request .* not valid",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_aws_error_becomes_a_clear_message_without_its_traceback(
    raised: Exception, said: str
) -> None:
    with pytest.raises(CloudError, match=said) as caught, explained():
        raise raised
    assert caught.value.__suppress_context__


def test_a_message_about_credentials_does_not_show_them() -> None:
    for reason in ("SignatureDoesNotMatch", "InvalidAccessKeyId"):
        with pytest.raises(CloudError) as caught, explained():
            raise error(reason, "wJalrXUtnFEMI")
        assert "wJalrXUtnFEMI" not in str(caught.value)


def test_an_encoded_authorization_message_is_left_out() -> None:
    with pytest.raises(CloudError) as caught, explained():
        said = "You are not. Encoded authorization failure message: aGVsbG8"
        raise error("UnauthorizedOperation", said)
    assert "aGVsbG8" not in str(caught.value)


def test_only_the_named_errors_mean_that_something_is_absent() -> None:
    def call(**_: Any) -> None:
        raise error("NoSuchEntity")

    assert find(call, "NoSuchEntity") is None
    with pytest.raises(ClientError):
        find(call, "NoSuchBucket")


def test_every_client_comes_from_the_one_session() -> None:
    with (
        account(region=REGION) as opened,
        logged(opened.endpoint) as calls,
        clients(REGION) as aws,
    ):
        assert aws.account == "123456789012"
        aws.s3.list_buckets()
    assert calls.names == ["sts.GetCallerIdentity", "s3.ListBuckets"]


def test_a_wait_shows_the_state_and_ends_at_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter(range(0, 1000, 30))
    monkeypatch.setattr(waiting, "monotonic", lambda: next(now))
    monkeypatch.setattr(waiting, "sleep", lambda _: None)
    shown: list[tuple[int, int, str]] = []
    progress = Progress(lambda done, total, unit: shown.append((done, total, unit)))
    with pytest.raises(CloudError, match="x is still 'creating' after 1 minutes"):
        waiting.wait_until("x", lambda: (False, "creating"), 1, progress)
    assert shown[0] == (30, 60, "seconds: x is creating")


def test_a_call_is_retried_while_a_role_is_too_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "sleep", lambda _: None)
    answers = iter([error("InvalidParameterValue", "The IAM role is not valid"), None])

    def call() -> str:
        if answer := next(answers):
            raise answer
        return "made"

    assert waiting.until_known(call, "InvalidParameterValue", words=("role",)) == "made"


def test_a_call_is_not_retried_for_another_reason() -> None:
    def call() -> None:
        raise error("InvalidParameterValue", "the node type is not valid")

    with pytest.raises(ClientError, match="node type"):
        waiting.until_known(call, "InvalidParameterValue", words=("role",))
