"""The provisioned resources: the state that the later steps of a run need.

01_provision writes the state into the workspace. It holds no secret: Redshift's
password stays in Secrets Manager, and the state only has the secret's ARN.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sparkify import s3
from sparkify.aws.names import DASHBOARD_USER
from sparkify.aws.settings import Settings
from sparkify.errors import CloudError
from sparkify.files import write_atomic

STATE = "cloud.json"


@dataclass(frozen=True)
class Cloud:
    """The cloud resources of a run.

    Attributes:
        settings: The AWS parameters.
        bucket: The bucket's name.
        cluster: The Redshift cluster's identifier.
        host: The Redshift cluster's host name.
        port: Its port.
        user: The database user that runs log in as.
        secret: The ARN of the secret with its password; empty for IAM logins.
        copy_role: The ARN of the role that Redshift assumes to read the bucket.
        emr_service_role: The name of the role that EMR itself assumes.
        emr_instance_profile: The name of the profile of EMR's instances.
        subnet: The subnet's id.
        emr_security_group: The id of the group of EMR's instances.
        workgroup: The workgroup of Redshift Serverless, which then has the host and
            all else of the cluster; empty if there is none.
        dashboard_role: The ARN of the role that reads by a workgroup; else empty.
        emr_application: The id of the EMR Serverless application.
        emr_job_role: The ARN of the role of its job runs.
    """

    settings: Settings
    bucket: str
    cluster: str
    host: str
    port: int
    user: str
    secret: str
    copy_role: str
    emr_service_role: str
    emr_instance_profile: str
    subnet: str
    emr_security_group: str
    workgroup: str = ""
    dashboard_role: str = ""
    emr_application: str = ""
    emr_job_role: str = ""

    @property
    def warehouse(self) -> str:
        """The cluster or the workgroup, for a message."""
        if self.workgroup:
            return f"workgroup '{self.workgroup}'"
        return f"cluster '{self.cluster}'"

    @property
    def reader(self) -> str:
        """The database user that may only read.

        Redshift Serverless names the user of a role after it.
        """
        if self.workgroup:
            return f"IAMR:{self.dashboard_role.rpartition('/')[2]}"
        return DASHBOARD_USER

    def address(self, *parts: str) -> str:
        """Return an S3 address in the bucket."""
        return s3.join(self.bucket, *parts)

    def save(self, workspace: Path) -> None:
        """Write the state into a workspace, whole or not at all."""
        write_atomic(workspace / STATE, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, workspace: Path) -> "Cloud":
        """Read the state of a workspace.

        Raises:
            CloudError: Nothing has been provisioned from this workspace.
        """
        try:
            content = json.loads((workspace / STATE).read_text())
        except FileNotFoundError as error:
            raise CloudError(
                "the cloud has not been provisioned from workspace "
                f"'{workspace}'; look at the plan of 01_provision and run it with "
                "apply=true"
            ) from error
        return cls(**{**content, "settings": Settings.of(**content["settings"])})
