"""Compares what is about to run with the account's quotas, where AWS tells them."""

from __future__ import annotations

from sparkify.aws.emr_workers import VCPUS, Workers
from sparkify.aws.session import Clients, code
from sparkify.aws.settings import Settings
from sparkify.aws.stack.finding import NOT_CHECKED, Finding

SERVERLESS = "emr-serverless"
# Service Quotas' code of "Max concurrent vCPUs per account": 16 in a new account. A job
# run that needs more fails minutes after its start.
VCPU_QUOTA = "L-D05C8A75"


def quota(aws: Clients, service: str, quota_code: str) -> int | str:
    """Return a quota of the account, or why it is not known.

    Args:
        aws: The clients.
        service: The service, as Service Quotas calls it.
        quota_code: The quota's code.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = aws.quotas.get_service_quota(ServiceCode=service, QuotaCode=quota_code)
    except ClientError as error:
        return f"{NOT_CHECKED} ({code(error)})"
    except BotoCoreError as error:
        return f"{NOT_CHECKED} ({type(error).__name__})"
    return int(answer["Quota"]["Value"])


def check_workers(aws: Clients, settings: Settings) -> Finding:
    """Compare the workers' virtual CPUs with the most that may run at once."""
    most, needed = quota(aws, SERVERLESS, VCPU_QUOTA), Workers.of(settings).vcpus
    if isinstance(most, str):
        return Finding(most)
    state = f"{needed} of {most} vCPUs"
    if needed <= most:
        return Finding(state)
    return Finding(
        state,
        refusal=f"{settings.emr_instances} workers of EMR Serverless have {needed} "
        f"vCPUs, but {settings.region} may run {most} at once; write "
        f"emr_instances={most // VCPUS}, or ask for more with 'aws service-quotas "
        f"request-service-quota-increase --service-code {SERVERLESS} --quota-code "
        f"{VCPU_QUOTA} --desired-value {needed} --region {settings.region}'",
    )
