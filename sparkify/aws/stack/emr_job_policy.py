"""The permissions of a job run on EMR Serverless: read the source, write our files.

The service needs no role of its own in the account: only the job has one.
"""

from __future__ import annotations

from sparkify.aws.stack.policies import trust_service
from sparkify.aws.stack.spark_policy import spark_files
from sparkify.aws.stack.statements import Policy, policy


def trust_emr_serverless(account: str, region: str) -> Policy:
    """Return a policy that lets EMR Serverless assume a role for this account only."""
    applications = f"arn:aws:emr-serverless:{region}:{account}:/applications/*"
    return trust_service(
        "emr-serverless.amazonaws.com",
        {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": applications},
        },
    )


def emr_job(bucket: str, source: str) -> Policy:
    """Return the policy of a job run.

    Args:
        bucket: Our bucket.
        source: The source; the job may read it if it is an `s3://` prefix.
    """
    return policy(*spark_files(bucket, source))
