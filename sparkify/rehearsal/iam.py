"""The emulated IAM: roles are assumed, and what they ask for is allowed or denied.

moto stores roles and policies. Here each request that is signed with the credentials of
a role is evaluated by the role's own policies. The person who rehearses may do
everything, as an administrator. A request of a service that the emulators play, such as
COPY's to S3, is signed by the role that the service assumes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, unquote, urlparse
from xml.sax.saxutils import escape

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.s3.exceptions import (
    BucketAccessDeniedError,
    S3AccessDeniedError,
    S3ClientError,
)
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response
from moto.sts.models import AssumedRole, sts_backends
from werkzeug.exceptions import HTTPException

from sparkify.rehearsal.iam_policies import Asked, Document, allows, trusts

PARTITION = "aws"
CREDENTIAL = re.compile(r"Credential=(\w+)/")
KEY_TO_DELETE = re.compile(r"<Key>(.*?)</Key>")
SECONDS_VALID = 3600
HEADER_COPIED = "x-amz-copy-source"


class RoleError(Exception):
    """A role does not exist, or its trust policy refuses who wants to assume it."""


@dataclass
class Iam:
    """The decisions about the requests of an account's roles.

    Attributes:
        region: The region of the account.
        denied: What was denied, in order, in AWS's words.
        secrets: The secret keys of the roles that were assumed.
        asked: The role and the action of each request, once.
    """

    region: str
    denied: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    asked: set[tuple[str, str]] = field(default_factory=set)

    def assume(
        self, role: str, service: str, session: str, **context: str
    ) -> dict[str, str]:
        """Assume a role for a service; return credentials for boto3.

        Args:
            role: The role's name.
            service: The service, such as `redshift.amazonaws.com`.
            session: The name of the session.
            context: The condition keys that the service gives, such as `SourceAccount`.

        Raises:
            RoleError: There is no such role, or it does not trust the service.
        """
        found = next((each for each in _roles() if each.name == role), None)
        keys = {f"aws:{name}": value for name, value in context.items()}
        asked = Asked("sts:AssumeRole", "*", keys)
        if found is None or not trusts(
            json.loads(found.assume_role_policy_document), ("Service", service), asked
        ):
            raise RoleError(
                f"{service} is not authorized to perform: sts:AssumeRole on resource: "
                f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/{role}"
            )
        assumed = sts_backends[DEFAULT_ACCOUNT_ID][PARTITION].assume_role(
            region_name=self.region,
            role_session_name=session,
            role_arn=found.arn,
            policy="",
            duration=SECONDS_VALID,
            external_id="",
        )
        self.secrets.append(assumed.secret_access_key)
        return {
            "aws_access_key_id": assumed.access_key_id,
            "aws_secret_access_key": assumed.secret_access_key,
            "aws_session_token": assumed.session_token,
        }

    def check(self, role: str, session: str, asked: Asked) -> str:
        """Return AWS's words if a role's policies do not allow a request; else empty.

        Args:
            role: The role's name.
            session: The name of its session.
            asked: The request.
        """
        self.asked.add((role, asked.action))
        if allows(role_policies(role), asked):
            return ""
        principal = f"arn:aws:sts::{DEFAULT_ACCOUNT_ID}:assumed-role/{role}/{session}"
        words = (
            f"User: {principal} is not authorized to perform: {asked.action} on "
            f'resource: "{asked.resource}" because no identity-based policy allows the '
            f"{asked.action} action"
        )
        self.denied.append(words)
        return words

    def permits(self, signature: str, asked: Asked) -> bool:
        """Return whether the signer of a request may do what it asks for.

        A refusal is not noted: the service that gets the request refuses it.

        Args:
            signature: The header `Authorization`.
            asked: The request.
        """
        role = signer(signature)
        if role is None:  # the person
            return True
        name = role.role_arn.rpartition("/")[2]
        if not allows(role_policies(name), asked):
            return False
        self.asked.add((name, asked.action))
        return True


def role_policies(role: str) -> list[Document]:
    """Return the policies of a role."""
    return [
        _parse(str(document))
        for each in _roles()
        if each.name == role
        for document in each.policies.values()
    ]


@lru_cache
def _parse(document: str) -> Document:
    parsed: Document = json.loads(document)
    return parsed


def _roles() -> list[Any]:
    return list(iam_backends[DEFAULT_ACCOUNT_ID][PARTITION].roles.values())


@contextmanager
def enforced(region: str) -> Iterator[Iam]:
    """Evaluate the requests of roles while the context is open.

    Args:
        region: The region of the account.
    """
    iam = Iam(region)

    def authorize(response: Any, _: type, resource: str = "*") -> None:
        role = signer(response.headers.get("Authorization", ""))
        if role is None:  # the person
            return
        name = role.role_arn.rpartition("/")[2]
        for asked in _asked(response, resource, role_policies(name)):
            if words := iam.check(name, role.session_name, asked):
                raise _refusal(response, words)

    with mock.patch.object(
        ActionAuthenticatorMixin, "_authenticate_and_authorize_action", authorize
    ):
        yield iam


def signer(signature: str) -> AssumedRole | None:
    """Return the role whose credentials signed a request; None for the person."""
    found = CREDENTIAL.search(signature)
    key = found[1] if found else ""
    assumed = sts_backends[DEFAULT_ACCOUNT_ID][PARTITION].assumed_roles
    return next((role for role in assumed if role.access_key_id == key), None)


def _asked(response: Any, resource: str, documents: list[Document]) -> Iterator[Asked]:
    """Yield what a request asks for: an action may need several permissions."""
    service = response.service_name
    action = f"{service}:{response._get_action()}"
    if isinstance(response, S3Response):
        yield from _asked_of_s3(response, action, resource, documents)
    elif service == "secretsmanager":
        yield Asked(action, response._get_param("SecretId"))
    elif service == "redshift":
        yield from (Asked(action, arn) for arn in _redshift_arns(response))
    elif service == "redshift-serverless":
        yield Asked(action, response.resource())
    elif action != "sts:GetCallerIdentity":  # which needs no permission
        yield Asked(action)


def _asked_of_s3(
    response: S3Response, action: str, resource: str, documents: list[Document]
) -> Iterator[Asked]:
    place = resource.partition(":::")[2]
    bucket, _, key = place.partition("/")
    bucket_arn = f"arn:aws:s3:::{bucket}"
    if action == "s3:HeadBucket":
        action = "s3:ListBucket"
    if action == "s3:DeleteObject" and not key:
        body = response.body
        text = body.decode() if isinstance(body, bytes) else str(body)
        for each in KEY_TO_DELETE.findall(text):
            yield Asked(action, f"{bucket_arn}/{each}")
        return
    if copied := response.headers.get(HEADER_COPIED):
        origin = unquote(copied).lstrip("/").partition("?")[0]
        yield Asked("s3:GetObject", f"arn:aws:s3:::{origin}")
    query = parse_qs(urlparse(response.uri).query, keep_blank_values=True)
    context = {"s3:prefix": query["prefix"][0]} if "prefix" in query else {}
    asked = Asked(action, resource, context)
    yield asked
    is_missing = action == "s3:GetObject" and not _exists(bucket, key)
    if is_missing and allows(documents, asked):
        # Only who may list a bucket learns that an object does not exist.
        yield Asked("s3:ListBucket", bucket_arn, {"s3:prefix": key})


def _exists(bucket: str, key: str) -> bool:
    store = s3_backends[DEFAULT_ACCOUNT_ID][PARTITION]
    try:
        return store.get_object(bucket, key) is not None
    except S3ClientError:
        return False


def _redshift_arns(response: Any) -> list[str]:
    place = f"arn:aws:redshift:{response.region}:{DEFAULT_ACCOUNT_ID}"
    cluster = response._get_param("ClusterIdentifier") or "*"
    if response._get_action() != "GetClusterCredentials":
        return [f"{place}:cluster:{cluster}"]
    user, database = response._get_param("DbUser"), response._get_param("DbName")
    return [f"{place}:dbuser:{cluster}/{user}", f"{place}:dbname:{cluster}/{database}"]


def _refusal(response: Any, words: str) -> Exception:
    """Return the error by which a service denies a request."""
    if isinstance(response, S3Response):
        if response._get_action() == "DeleteObject":
            return BucketAccessDeniedError(response.bucket_name)
        refused = S3AccessDeniedError()
        refused.message = words
        return refused
    if "x-amz-json" in str(response.headers.get("Content-Type")):
        said = {"__type": "AccessDeniedException", "message": words}
        return Denied(json.dumps(said))
    return Denied(
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
        f"<Message>{escape(words)}</Message></Error></ErrorResponse>"
    )


class Denied(HTTPException):
    """A request that IAM denies; the description is the whole answer."""

    code = 403
