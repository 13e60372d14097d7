"""The names of our cloud resources, and the tag that marks them as ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sparkify.aws.settings import AUTO, NEW, TAG, Settings

# The tag that EMR's own policies require.
EMR_TAG = "for-use-with-amazon-emr-managed-policies"

# The prefixes that we write to; in a bucket that is not ours, a teardown empties them.
PREFIXES = ("flat/", "jobs/", "temp/", "manifests/", "logs/")

USER = "sparkify"  # the administrator of a Redshift cluster that we make
DASHBOARD_USER = "dashboard"


@dataclass(frozen=True)
class Names:
    """The names of the resources of some settings.

    Attributes:
        settings: The AWS parameters.
        account: The id of the AWS account.
    """

    settings: Settings
    account: str

    @property
    def bucket(self) -> str:
        """The bucket: the one of the settings, or one that no other account has."""
        if self.settings.bucket != AUTO:
            return self.settings.bucket
        return f"{self.settings.name}-{self.account}-{self.settings.region}"

    @property
    def cluster(self) -> str:
        """The Redshift cluster and its subnet group."""
        settings = self.settings
        return settings.name if settings.cluster == NEW else settings.cluster

    @property
    def workgroup(self) -> str:
        """The workgroup of Redshift Serverless and its namespace."""
        return self.settings.name

    @property
    def copy_role(self) -> str:
        """The role that Redshift assumes."""
        return f"{self.settings.name}-redshift-copy"

    @property
    def emr_service_role(self) -> str:
        """The role that EMR assumes."""
        return f"{self.settings.name}-emr-service"

    @property
    def emr_instances(self) -> str:
        """The role of EMR's instances, and the profile that holds it."""
        return f"{self.settings.name}-emr-instances"

    @property
    def emr_job_role(self) -> str:
        """The role of a job run on EMR Serverless."""
        return f"{self.settings.name}-emr-job"

    @property
    def dashboard_role(self) -> str:
        """The role that a dashboard assumes."""
        return f"{self.settings.name}-dashboard"

    @property
    def redshift_group(self) -> str:
        """The security group of Redshift."""
        return f"{self.settings.name}-redshift"

    @property
    def emr_group(self) -> str:
        """The security group of EMR's instances."""
        return f"{self.settings.name}-emr"

    @property
    def budget(self) -> str:
        """The budget of the alarm."""
        return f"{self.settings.name}-budget"

    def role_arn(self, role: str) -> str:
        """Return the ARN of one of our roles."""
        return f"arn:aws:iam::{self.account}:role/{role}"

    @property
    def marker(self) -> str:
        """The object that marks our prefixes in a bucket that is not ours."""
        return f"jobs/{TAG}-{self.settings.name}.json"


def tags(settings: Settings, *, is_for_emr: bool = False) -> list[dict[str, str]]:
    """Return the tags of the resources that we create, in AWS's usual form."""
    ours = [{"Key": TAG, "Value": settings.name}]
    return [*ours, {"Key": EMR_TAG, "Value": "true"}] if is_for_emr else ours


def is_ours(found: Iterable[Mapping[str, str]] | None, settings: Settings) -> bool:
    """Return whether a resource carries our tag."""
    return {"Key": TAG, "Value": settings.name} in [
        {"Key": tag.get("Key"), "Value": tag.get("Value")} for tag in found or ()
    ]
