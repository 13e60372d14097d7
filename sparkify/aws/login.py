"""Logs in to Redshift with verified TLS, and explains why a login fails."""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify.aws.cloud import Cloud
from sparkify.aws.names import DASHBOARD_USER
from sparkify.aws.session import Clients, clients, explained
from sparkify.errors import CloudError, WarehouseError

if TYPE_CHECKING:
    from redshift_connector.core import Connection

SECONDS_TO_CONNECT = 20
SECONDS_VALID = 900  # the shortest that IAM gives; an open connection outlives it
REFUSED_LOGINS = ("28000", "28P01")
NO_DATABASE = "3D000"  # SQLSTATE: invalid catalog name
AGAIN = "run 01_provision again"


@dataclass(frozen=True)
class Login:
    """A database login. Each connection gets a new one; none is kept.

    Attributes:
        user: The database user.
        password: The password, which no message may show.
    """

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login(user={self.user!r})"


def get_login(cloud: Cloud) -> Login:
    """Return the login of a run, from Secrets Manager or IAM as the settings say.

    Raises:
        CloudError: AWS does not give one; the message says why.
    """
    with clients(cloud.settings.region) as aws, explained():
        if cloud.settings.login == "secret":
            answer = aws.secretsmanager.get_secret_value(SecretId=cloud.secret)
            secret = json.loads(answer["SecretString"])
            return Login(secret["username"], secret["password"])
        return _temporary(cloud, aws, cloud.user)


def get_reader_login(cloud: Cloud) -> Login:
    """Return a login from IAM for the user that may only read.

    Redshift Serverless logs in whoever asks as a user of its own, so the dashboard's
    role asks; whoever is not that role assumes it.

    Raises:
        CloudError: AWS does not give one; the message says why.
    """
    with clients(cloud.settings.region) as aws, explained():
        if cloud.workgroup:
            return _serverless(cloud, aws)
        return _temporary(cloud, aws, DASHBOARD_USER)


def _temporary(cloud: Cloud, aws: Clients, user: str) -> Login:
    answer = aws.redshift.get_cluster_credentials(
        DbUser=user,
        DbName=cloud.settings.database,
        ClusterIdentifier=cloud.cluster,
        DurationSeconds=SECONDS_VALID,
        AutoCreate=False,
    )
    return Login(answer["DbUser"], answer["DbPassword"])


def _serverless(cloud: Cloud, aws: Clients) -> Login:
    with aws.assuming(cloud.dashboard_role) as reader:
        answer = reader.redshift_serverless.get_credentials(
            workgroupName=cloud.workgroup,
            dbName=cloud.settings.database,
            durationSeconds=SECONDS_VALID,
        )
    return Login(answer["dbUser"], answer["dbPassword"])


def connect(cloud: Cloud, login: Login) -> Connection:
    """Open a connection to the cluster's database.

    Args:
        cloud: What 01_provision made.
        login: Who connects.

    Raises:
        WarehouseError: The cluster cannot be reached, or it refuses the login; the
            message says which, and what to do.
        CloudError: The driver is not installed.
    """
    try:
        import redshift_connector
        from redshift_connector.error import Error
    except ModuleNotFoundError as error:
        raise CloudError(
            "warehouse 'redshift' needs redshift_connector; install it with pip "
            "install -e '.[aws]'"
        ) from error

    try:  # the driver's own timeout would limit each query too
        socket.create_connection((cloud.host, cloud.port), SECONDS_TO_CONNECT).close()
        connection: Connection = redshift_connector.connect(
            host=cloud.host,
            port=cloud.port,
            database=cloud.settings.database,
            user=login.user,
            password=login.password,
            ssl=True,
            sslmode="verify-full",
        )
    except (Error, OSError) as error:
        raise WarehouseError(_why(cloud, error)) from None  # it may hold the password
    return connection


def _why(cloud: Cloud, error: BaseException) -> str:
    """Return why a connection failed, and what to do."""
    place = f"Redshift at {cloud.host}:{cloud.port}"
    causes = [error, *(cause for cause in error.args if isinstance(cause, Exception))]
    if isinstance(error.__context__, Exception):
        causes.append(error.__context__)
    code = next((part.get("C") for part in error.args if isinstance(part, dict)), None)
    if code in REFUSED_LOGINS:
        return (
            f"{place} refused the login: the credentials are wrong or have expired; "
            "run the step again to get new ones"
        )
    if code == NO_DATABASE:
        database = cloud.settings.database
        return (
            f"{place} has no database '{database}'; create it with 'create database "
            f"{database}', or choose one that the cluster has with database=NAME"
        )
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"the certificate of {place} cannot be trusted: "
                f"{cause.verify_message}; check the host name, and the authority that "
                "SSL_CERT_FILE names"
            )
        if isinstance(cause, socket.gaierror):
            return (
                f"{place} cannot be found: the host name is wrong, or the cluster is "
                f"gone; {AGAIN}"
            )
        if isinstance(cause, TimeoutError):
            return (
                f"{place} does not answer: the cluster is private, or its security "
                f"group does not admit this machine's address; {AGAIN} from here"
            )
        if isinstance(cause, ConnectionRefusedError):
            return (
                f"{place} refuses connections: the cluster is paused, or the port is "
                "wrong; look at its state in 01_provision's plan"
            )
    return f"{place} cannot be reached: {type(error).__name__}; {AGAIN}"
