"""The permissions of each role, as functions that do not call AWS.

No permission has a wildcard in an action, and each names its bucket, prefixes or
cluster. The permissions of EMR itself are in `emr_policy`.
"""

from __future__ import annotations

from typing import Any

from sparkify.aws.names import DASHBOARD_USER
from sparkify.aws.stack.spark_policy import READ, spark_files
from sparkify.aws.stack.statements import Policy, allow, objects, policy, under

COPY_PREFIXES = ("flat/", "manifests/", "temp/")
REDSHIFT = "redshift.amazonaws.com"
REDSHIFT_SERVERLESS = "redshift-serverless.amazonaws.com"


def trust_ec2() -> Policy:
    """Return a policy that lets EC2 give a role to an instance.

    EC2 gives no `aws:SourceAccount`, so that such a condition would refuse it. It needs
    none: a role can only be passed to an instance of its own account.
    """
    return trust_service("ec2.amazonaws.com")


def trust_redshift(account: str, *, is_serverless: bool = False) -> Policy:
    """Return a policy that lets Redshift assume a role for this account only.

    Redshift Serverless assumes roles as a service of its own, and as Redshift.
    """
    return trust_service(
        [REDSHIFT, REDSHIFT_SERVERLESS] if is_serverless else REDSHIFT,
        {"StringEquals": {"aws:SourceAccount": account}},
    )


def trust_emr(account: str, region: str) -> Policy:
    """Return a policy that lets EMR assume a role for this account's clusters only."""
    return trust_service(
        "elasticmapreduce.amazonaws.com",
        {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {
                "aws:SourceArn": f"arn:aws:elasticmapreduce:{region}:{account}:*"
            },
        },
    )


def trust_account(account: str) -> Policy:
    """Return a policy that leaves it to the account's policies who assumes a role."""
    return _trust({"AWS": f"arn:aws:iam::{account}:root"})


def trust_service(service: str | list[str], condition: Any = None) -> Policy:
    """Return a policy that lets a service of AWS assume a role.

    Args:
        service: The service, such as `ec2.amazonaws.com`, or several.
        condition: A condition that must also hold.
    """
    return _trust({"Service": service}, condition)


def _trust(principal: dict[str, Any], condition: Any = None) -> Policy:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sts:AssumeRole",
    }
    return policy({**statement, "Condition": condition} if condition else statement)


def tls_only(bucket: str) -> Policy:
    """Return the policy of the bucket: no request without TLS."""
    return policy(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",  # all actions, because this denies
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def redshift_copy(bucket: str) -> Policy:
    """Return the policy of Redshift: COPY from the bucket."""
    return policy(
        allow("ReadFiles", READ, objects(bucket, COPY_PREFIXES)),
        allow(
            "ListFiles",
            ("s3:ListBucket",),
            [f"arn:aws:s3:::{bucket}"],
            under(COPY_PREFIXES),
        ),
        allow("FindRegion", ("s3:GetBucketLocation",), [f"arn:aws:s3:::{bucket}"]),
    )


def dashboard(account: str, region: str, cluster: str, database: str) -> Policy:
    """Return the policy of a dashboard: log in as its own user to the star."""
    return policy(
        _login(account, region, cluster, database, DASHBOARD_USER),
    )


def serverless_dashboard(workgroup: str) -> Policy:
    """Return the policy of a dashboard on Redshift Serverless: log in as its role.

    Args:
        workgroup: The ARN of the workgroup.
    """
    action = "redshift-serverless:GetCredentials"
    return policy(allow("LogIn", (action,), [workgroup]))


def _login(account: str, region: str, cluster: str, database: str, user: str) -> Policy:
    place = f"arn:aws:redshift:{region}:{account}"
    return allow(
        "LogIn",
        ("redshift:GetClusterCredentials",),
        [f"{place}:dbuser:{cluster}/{user}", f"{place}:dbname:{cluster}/{database}"],
    )


def emr_instances(
    bucket: str, region: str, *, source: str = "", secret: str = "", login: Any = None
) -> Policy:
    """Return the policy of EMR's instances: read the source, write our files, log in.

    Args:
        bucket: Our bucket.
        region: The bucket's region. A public bucket there has EMR's own programs.
        source: The source, if it is an `s3://` prefix.
        secret: The ARN of the secret for Redshift, if the connector logs in with it.
        login: `(account, cluster, database, user)`, if the connector logs in with IAM.
    """
    statements = [
        *spark_files(bucket, source),
        allow("ReadProgramsOfEmr", READ, [f"arn:aws:s3:::{region}.elasticmapreduce/*"]),
    ]
    if secret:
        statements.append(
            allow("ReadLogin", ("secretsmanager:GetSecretValue",), [secret])
        )
    if login:
        account, cluster, database, user = login
        statements += [
            _login(account, region, cluster, database, user),
            allow(
                "FindCluster",
                ("redshift:DescribeClusters",),
                [f"arn:aws:redshift:{region}:{account}:cluster:{cluster}"],
            ),
        ]
    return policy(*statements)
