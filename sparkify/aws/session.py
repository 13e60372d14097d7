"""Creates all AWS clients, and turns AWS's errors into ours.

Credentials come from the AWS chain. No secret gets into a message: only the code of an
error about credentials is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Self

from sparkify.aws.settings import TAG
from sparkify.errors import CloudError
from sparkify.s3 import LOG_IN

INSTALL = "AWS needs boto3; install it with pip install -e '.[aws]'"
EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "TokenRefreshRequired",
}
REJECTED = {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
FORBIDDEN = {
    "403",
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
}
# boto3's names of what STS gives.
CREDENTIALS = {
    "aws_access_key_id": "AccessKeyId",
    "aws_secret_access_key": "SecretAccessKey",
    "aws_session_token": "SessionToken",
}
JUST_MADE = "it may have been made moments ago; wait a minute and run again"
REMEDIES = {
    "EntityAlreadyExists": JUST_MADE,
    "InvalidGroup.Duplicate": JUST_MADE,
    "BucketAlreadyExists": "another account has it; choose another bucket name",
    "ClusterQuotaExceeded": "tear a cluster down, or ask AWS for a higher quota",
    "InsufficientClusterCapacity": "wait, or choose another node_type or region",
    "LimitExceeded": "remove what is not used, or ask AWS for a higher quota",
    "NumberOfNodesQuotaExceeded": "choose fewer nodes, or ask for a higher quota",
    "OptInRequired": "enable the service or the region in the account",
    "OperationAborted": "AWS is still changing the same resource; run again",
}
# The part of an authorization error for `sts decode-authorization-message`.
ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")


def new_session(region: str) -> Any:
    """Return a new boto3 session; all our clients come from one.

    A hook that is registered with the session's `events` sees all calls.
    """
    try:
        import boto3
    except ModuleNotFoundError as error:
        raise CloudError(INSTALL) from error
    return boto3.Session(region_name=region)


class Clients:
    """The clients of one region, each created when it is first used.

    Args:
        session: The boto3 session.
        region: The region.
        credentials: Those of an assumed role, as STS gives them; the session's own if
            None.
    """

    def __init__(
        self, session: Any, region: str, credentials: Mapping[str, Any] | None = None
    ) -> None:
        self.region = region
        self._session = session
        self._login = {
            name: credentials[key]
            for name, key in CREDENTIALS.items()
            if credentials is not None
        }
        self._made: dict[str, Any] = {}

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        if service not in self._made:
            config = Config(
                retries={"mode": "standard", "max_attempts": 5},
                connect_timeout=10,
                read_timeout=60,
            )
            self._made[service] = self._session.client(
                service, config=config, **self._login
            )
        return self._made[service]

    @property
    def s3(self) -> Any:
        """Amazon S3."""
        return self._client("s3")

    @property
    def iam(self) -> Any:
        """IAM."""
        return self._client("iam")

    @property
    def ec2(self) -> Any:
        """EC2: networks and security groups."""
        return self._client("ec2")

    @property
    def redshift(self) -> Any:
        """Redshift's management, not its databases."""
        return self._client("redshift")

    @property
    def redshift_serverless(self) -> Any:
        """Redshift Serverless's management, not its databases."""
        return self._client("redshift-serverless")

    @property
    def emr(self) -> Any:
        """EMR."""
        return self._client("emr")

    @property
    def emr_serverless(self) -> Any:
        """EMR Serverless."""
        return self._client("emr-serverless")

    @property
    def secretsmanager(self) -> Any:
        """Secrets Manager."""
        return self._client("secretsmanager")

    @property
    def budgets(self) -> Any:
        """AWS Budgets, which is the same in all regions."""
        return self._client("budgets")

    @property
    def quotas(self) -> Any:
        """Service Quotas."""
        return self._client("service-quotas")

    @cached_property
    def _identity(self) -> dict[str, str]:
        return dict(self._client("sts").get_caller_identity())

    @property
    def account(self) -> str:
        """The id of the account that the credentials belong to."""
        return self._identity["Account"]

    def assuming(self, role: str) -> Clients:
        """Return clients with the rights of a role; our own if we have that role.

        Args:
            role: The role's ARN.
        """
        name = role.rpartition("/")[2]
        if f":assumed-role/{name}/" in self._identity["Arn"]:
            return Clients(self._session, self.region)
        found = self._client("sts").assume_role(RoleArn=role, RoleSessionName=TAG)
        return Clients(self._session, self.region, found["Credentials"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._made.values():
            client.close()


def clients(region: str) -> Clients:
    """Return the clients of a region, with AWS's standard retries.

    Use them in a `with` statement, which closes their connections.

    Raises:
        CloudError: boto3 is not installed, or the profile is unknown.
    """
    with explained():
        return Clients(new_session(region), region)


def find_account(region: str) -> str:
    """Return the id of the account that the credentials belong to.

    Raises:
        CloudError: There are no credentials, or AWS does not accept them.
    """
    with explained(), clients(region) as aws:
        return aws.account


def find(call: Callable[..., Any], *absent: str, **request: Any) -> Any:
    """Call AWS; return None if the answer is one of the `absent` error codes."""
    from botocore.exceptions import ClientError

    try:
        return call(**request)
    except ClientError as error:
        if code(error) in absent:
            return None
        raise


def code(error: Any) -> str:
    """Return the code of an AWS error."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


@contextmanager
def explained() -> Iterator[None]:
    """Raise any error of boto3 as a CloudError that says what to do."""
    try:
        from boto3.exceptions import Boto3Error
        from botocore import exceptions
    except ModuleNotFoundError as error:
        raise CloudError(INSTALL) from error
    try:
        yield
    except exceptions.ClientError as error:
        raise CloudError(_refusal(error)) from None
    except (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.ProfileNotFound,
    ) as error:
        raise CloudError(
            f"no AWS credentials were found ({type(error).__name__}); {LOG_IN}"
        ) from None
    except (exceptions.SSOError, exceptions.TokenRetrievalError):
        raise CloudError("the AWS login has expired; run 'aws sso login'") from None
    except exceptions.ParamValidationError as error:
        raise CloudError(
            f"the request to AWS is not valid: {error}; correct the parameter"
        ) from None
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        raise CloudError(
            f"cannot reach AWS: {error}; check the network and the region's name"
        ) from None
    except Boto3Error as error:  # such as an upload that failed
        raise CloudError(
            f"AWS refused: {ENCODED.sub('', str(error))}; fix the cause and run again"
        ) from None
    except exceptions.BotoCoreError as error:
        raise CloudError(f"AWS gave no usable answer: {error}; run again") from None


def _refusal(error: Any) -> str:
    """Return what AWS refused, and what to do about it."""
    reason, operation = code(error), error.operation_name
    if reason in EXPIRED:
        return f"the AWS credentials have expired ({reason}); {LOG_IN}"
    if reason in REJECTED:
        return f"AWS does not accept the credentials ({reason}); {LOG_IN}"
    said = ENCODED.sub("", str(error.response.get("Error", {}).get("Message", "")))
    if reason in FORBIDDEN:
        return (
            f"the AWS credentials may not do {operation} ({reason}): {said}; have the "
            "account's administrator allow it, or choose others with AWS_PROFILE"
        )
    remedy = REMEDIES.get(reason.removesuffix("Fault"), "fix the cause and run again")
    return f"AWS refused {operation} ({reason}): {said}; {remedy}"
