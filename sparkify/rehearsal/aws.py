"""The emulated AWS account: moto's server on loopback, with its gaps filled.

Production code finds it by the usual environment variables. What moto leaves out and
our code relies on is added here: the managed password of Redshift, temporary
credentials that can be validated, and a log of the calls.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.request import Request, urlopen

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import BaseResponse
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.redshift.models import Cluster, RedshiftBackend
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.server import ThreadedMotoServer

from sparkify.rehearsal.emr_applications import applications
from sparkify.rehearsal.emr_limits import limits
from sparkify.rehearsal.iam import Iam, enforced
from sparkify.rehearsal.redshift_serverless import served
from sparkify.rehearsal.redshift_serverless.state import State
from sparkify.rehearsal.s3_answers import fast_answers
from sparkify.s3 import split

PASSWORD_LENGTH = 32
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAREHEARSAL",
    "AWS_SECRET_ACCESS_KEY": "rehearsal-" + secrets.token_hex(16),
}
NO_IMAGES = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}  # we ask for none of EC2's images
# Variables that would lead a client elsewhere.
ASIDE = {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}


@dataclass
class Passwords:
    """The logins that the account issued, for the emulator of Redshift to validate.

    Attributes:
        known: The password of each database user, and the time at which it expires.
    """

    known: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)

    def make(self, user: str, ends_at: datetime | None = None) -> str:
        """Create a password for a database user."""
        letters = string.ascii_letters + string.digits
        password = "".join(secrets.choice(letters) for _ in range(PASSWORD_LENGTH))
        self.known[user] = (password, ends_at)
        return password

    def check(self, user: str, password: str) -> str | None:
        """Validate a login: return None, or why it is refused."""
        right, ends_at = self.known.get(user, ("", None))
        if not right or not secrets.compare_digest(right, password):
            return f'password authentication failed for user "{user}"'
        if ends_at is not None and datetime.now(UTC) >= ends_at:
            return f'the temporary credentials of user "{user}" have expired'
        return None

    def expire(self) -> None:
        """Expire all temporary credentials now."""
        now = datetime.now(UTC)
        self.known = {
            user: (password, now if ends_at else None)
            for user, (password, ends_at) in self.known.items()
        }

    @property
    def secrets(self) -> list[str]:
        """The texts that no notebook, log or run file may show."""
        keys = [os.environ["AWS_SECRET_ACCESS_KEY"]]
        return keys + [password for password, _ in self.known.values()]


def _no_state(region: str) -> State:
    raise LookupError(f"the account is not open, so {region} has nothing")


@dataclass
class Account:
    """An emulated AWS account.

    Attributes:
        endpoint: The address of all its services.
        passwords: The database logins that it issued.
        redshift: The host and the port of its Redshift clusters.
        calls: The service and the operation of each request, except those to S3.
        iam: Its decisions about what roles ask for; None if they may do everything.
        serverless: Returns what a region has of Redshift Serverless.
    """

    endpoint: str = ""
    passwords: Passwords = field(default_factory=Passwords)
    redshift: tuple[str, int] = ("localhost", 5439)
    calls: list[tuple[str, str]] = field(default_factory=list)
    iam: Iam | None = None
    serverless: Callable[[str], State] = field(default=_no_state)

    @property
    def secrets(self) -> list[str]:
        """The texts that no notebook, log or run file may show."""
        return [*self.passwords.secrets, *(self.iam.secrets if self.iam else ())]

    def put(self, address: str, folder: Path) -> int:
        """Put the files of a folder into S3, without a request for each.

        Args:
            address: The `s3://bucket` or prefix; a missing bucket is created.
            folder: The files, nested to any depth.

        Returns:
            The number of files.
        """
        bucket, prefix = split(address)
        store = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        if bucket not in store.buckets:
            store.create_bucket(bucket, os.environ["AWS_REGION"])
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        for path in files:
            key = "/".join((*filter(None, [prefix]), *path.relative_to(folder).parts))
            store.put_object(bucket, key, path.read_bytes())
        return len(files)


@contextmanager
def account(*, region: str, is_iam_on: bool = False) -> Iterator[Account]:
    """Open an account, and set the environment so that AWS clients use it.

    Args:
        region: The region of clients that name none.
        is_iam_on: Whether what roles ask for is evaluated by their policies.
    """
    opened = Account()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, NO_IMAGES))
        for patch in _patches(opened):
            stack.enter_context(patch)
        opened.serverless = stack.enter_context(
            served(opened.passwords.make, lambda: opened.redshift)
        )
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it logs each request
        server.start()
        stack.callback(server.stop)
        _, bound = server.get_host_and_port()
        opened.endpoint = f"http://127.0.0.1:{bound}"
        reset = Request(f"{opened.endpoint}/moto-api/reset", method="POST")  # noqa: S310
        urlopen(reset).close()  # noqa: S310 (the emulator's own address)
        environment = {
            **KEYS,
            "AWS_ENDPOINT_URL": opened.endpoint,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        stack.enter_context(mock.patch.dict(os.environ, environment))
        if is_iam_on:
            opened.iam = stack.enter_context(enforced(region))
        stack.enter_context(fast_answers(opened.iam))
        for name in list(os.environ):
            if name in ASIDE or name.startswith("AWS_ENDPOINT_URL_"):
                del os.environ[name]
        yield opened


def _patches(opened: Account) -> Iterator[Any]:
    """Yield the patches that fill moto's gaps."""
    passwords = opened.passwords
    create, delete = RedshiftBackend.create_cluster, RedshiftBackend.delete_cluster

    def create_cluster(backend: RedshiftBackend, **wanted: Any) -> Cluster:
        """Keep the master password in Secrets Manager, as AWS does on request."""
        cluster = create(backend, **wanted)
        user = cluster.master_username
        content = {"username": user, "password": passwords.make(user)}
        secret = secretsmanager_backends[backend.account_id][
            backend.region_name
        ].create_managed_secret(
            "redshift", _secret_id(cluster), secret_string=json.dumps(content)
        )
        cluster.master_password_secret_arn = secret.arn  # type: ignore[attr-defined]
        return cluster

    def delete_cluster(backend: RedshiftBackend, **wanted: Any) -> Cluster:
        """Delete the secret with its cluster."""
        cluster = delete(backend, **wanted)
        store = secretsmanager_backends[backend.account_id][backend.region_name]
        if _secret_id(cluster) in store.secrets:
            store.secrets.pop(_secret_id(cluster))
        return cluster

    def get_cluster_credentials(
        backend: RedshiftBackend,
        cluster_identifier: str,
        db_user: str,
        auto_create: bool,
        duration_seconds: int,
    ) -> dict[str, Any]:
        """Return a login that expires, and that the emulator of Redshift knows."""
        backend.describe_clusters(cluster_identifier)
        user = f"IAM:{db_user}"
        ends_at = datetime.now(UTC) + timedelta(seconds=duration_seconds)
        password = passwords.make(user, ends_at)
        return {"DbUser": user, "DbPassword": password, "Expiration": ends_at}

    def endpoint(_: Cluster) -> dict[str, str | int]:
        host, port = opened.redshift
        return {"Address": host, "Port": port}

    call_action = BaseResponse.call_action

    def logged_action(response: BaseResponse) -> Any:
        opened.calls.append((response.boto3_service_name, response._get_action()))
        return call_action(response)

    yield mock.patch.object(BaseResponse, "call_action", logged_action)
    permitted = IAMPolicyStatement.is_action_permitted

    def is_action_permitted(
        statement: IAMPolicyStatement, *request: Any, **more: Any
    ) -> PermissionResult:
        """Ignore statements on requests without TLS, which loopback does not need."""
        condition = json.dumps(statement._statement.get("Condition", {}))
        if "aws:SecureTransport" in condition:
            return PermissionResult.NEUTRAL
        return permitted(statement, *request, **more)

    yield mock.patch.object(
        IAMPolicyStatement, "is_action_permitted", is_action_permitted
    )
    yield mock.patch.object(RedshiftBackend, "create_cluster", create_cluster)
    yield mock.patch.object(RedshiftBackend, "delete_cluster", delete_cluster)
    yield mock.patch.object(
        RedshiftBackend, "get_cluster_credentials", get_cluster_credentials
    )
    yield mock.patch.object(Cluster, "endpoint", property(endpoint))
    yield limits()
    yield from applications()


def _secret_id(cluster: Cluster) -> str:
    return f"redshift!{cluster.cluster_identifier}-{cluster.master_username}"
