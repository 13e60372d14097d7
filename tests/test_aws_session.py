"""Every AWS call goes through one place, and AWS's errors become clear words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from sparkify.aws import session, waiting
from sparkify.aws.session import clients, explained, find
from sparkify.aws.settings import Settings
from sparkify.errors import CloudError
from sparkify.progress import Progress
from sparkify.rehearsal.aws import account

REGION = "us-west-2"
ADDRESS = "52.94.76.10/32"
READS = ("Describe", "Get", "Head", "List")


def settings(**given: Any) -> Settings:
    return Settings.of(**{"ingress": ADDRESS, "region": REGION, **given})


class Killed(BaseException):
    """What a test kills a run by; nothing in the package catches it."""


@dataclass
class Calls:
    """What was asked of AWS, each call after botocore checked its parameters.

    Attributes:
        made: The operation and its parameters, by service, in order.
        fail: May raise before a call is sent; takes the operation's name.
    """

    made: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    fail: Callable[[str], None] = lambda _: None
    _asked: dict[str, Any] = field(default_factory=dict)

    def keep(self, params: dict[str, Any], **_: Any) -> None:
        self._asked = params

    def record(self, model: Any, **_: Any) -> None:
        self.fail(model.name)
        service = model.service_model.service_name
        self.made.append((service, model.name, self._asked))

    @property
    def names(self) -> list[str]:
        return [f"{service}.{operation}" for service, operation, _ in self.made]

    @property
    def changes(self) -> list[str]:
        return [
            f"{service}.{operation}"
            for service, operation, _ in self.made
            if not operation.startswith(READS)
        ]

    def of(self, operation: str) -> list[dict[str, Any]]:
        return [params for _, name, params in self.made if name == operation]

    def kill_after(self, changes: int) -> None:
        """Kills the run at the call that would be one change too many."""
        self.live()

        def fail(operation: str) -> None:
            if not operation.startswith(READS) and len(self.changes) == changes:
                raise Killed

        self.fail = fail

    def live(self) -> None:
        self.made.clear()
        self.fail = lambda _: None

    def refuse(self, *operations: str, code: str, message: str = "no") -> None:
        """Answers some operations with an error of AWS."""

        def fail(operation: str) -> None:
            if operation in operations:
                answer: Any = {"Error": {"Code": code, "Message": message}}
                raise ClientError(answer, operation)

        self.fail = fail


@cache
def shared_session(region: str) -> Any:
    """Gives one session a region: it keeps what it read of AWS's service models."""
    return boto3.Session(region_name=region)


@contextmanager
def recorded(endpoint: str) -> Iterator[Calls]:
    """Empties the AWS account on loopback, and records what is asked of it."""
    calls = Calls()

    def new_session(region: str) -> Any:
        made = shared_session(region)
        for event in ("before-parameter-build", "before-call"):
            made.events.unregister(event, unique_id=event)
        made.events.register(
            "before-parameter-build", calls.keep, unique_id="before-parameter-build"
        )
        made.events.register("before-call", calls.record, unique_id="before-call")
        return made

    with (
        mock.patch.object(session, "new_session", new_session),
        # moto passes over a policy's conditions, so "no TLS, no answer" denies all.
        mock.patch.object(
            FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL
        ),
    ):
        with urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")):
            pass
        yield calls


@cache
def unrecorded_session(region: str) -> Any:
    return boto3.Session(region_name=region)


@contextmanager
def client(service: str, region: str = REGION) -> Iterator[Any]:
    """Gives a client that is not recorded."""
    opened = unrecorded_session(region).client(service)
    yield opened
    opened.close()


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
        (exceptions.ParamValidationError(report="Bucket"), "cannot be asked this"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_aws_is_said_in_words_without_its_traceback(
    raised: Exception, said: str
) -> None:
    with pytest.raises(CloudError, match=said) as caught, explained():
        raise raised
    assert caught.value.__suppress_context__


def test_a_message_about_credentials_shows_none() -> None:
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
        recorded(opened.endpoint) as calls,
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


def test_a_call_is_repeated_while_a_role_is_too_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "sleep", lambda _: None)
    answers = iter([error("InvalidParameterValue", "The IAM role is not valid"), None])

    def call() -> str:
        if answer := next(answers):
            raise answer
        return "made"

    assert waiting.until_known(call, "InvalidParameterValue", word="role") == "made"


def test_a_call_is_not_repeated_for_another_reason() -> None:
    def call() -> None:
        raise error("InvalidParameterValue", "the node type is not valid")

    with pytest.raises(ClientError, match="node type"):
        waiting.until_known(call, "InvalidParameterValue", word="role")
