"""Runs a job as a step of an EMR cluster, and follows it to its end.

The cluster is a transient one, which ends with its step, or an existing one. A cluster
that we started never keeps running, whatever fails here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sparkify.aws import artefacts
from sparkify.aws.cloud import Cloud
from sparkify.aws.job_logs import explain, own_error, read_log
from sparkify.aws.names import tags
from sparkify.aws.session import Clients, clients, explained
from sparkify.aws.settings import NEW
from sparkify.aws.waiting import until_known, wait_until
from sparkify.errors import CloudError, JobError
from sparkify.progress import Progress

ENDED = ("COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED")
SECONDS_BETWEEN_LOOKS = 5.0
SECONDS_FOR_LOGS = 360.0  # EMR copies them to S3 every five minutes
IDLE_SECONDS = 900  # an idle cluster then ends itself

# What EMR says of an instance profile that is some seconds old.
YOUNG_PROFILE_CODES = ("ValidationException", "AccessDeniedException")
YOUNG_PROFILE_WORDS = (
    "invalid instanceprofile",
    "failed to authorize instance profile",
)


def run_job(
    cloud: Cloud,
    name: str,
    job: Path,
    arguments: Sequence[str],
    *,
    workspace: Path,
    progress: Progress,
) -> None:
    """Run one of our job files on EMR, to its end.

    Args:
        cloud: What 01_provision made.
        name: The name of the step.
        job: The file that `spark-submit` runs.
        arguments: The job's arguments.
        workspace: The folder that keeps the wheels for the next time.
        progress: Receives the step's states.

    Raises:
        JobError: The step failed; the message has the job's own error, or EMR's
            reason and the end of the job's log.
        CloudError: EMR refused, or the deadline has passed; the step was stopped.
    """
    is_ours = cloud.settings.emr_cluster == NEW
    with clients(cloud.settings.region) as aws, explained():
        step = _step(cloud, aws, name, job, arguments)
        script = artefacts.put_bootstrap(cloud, aws.s3, workspace / "wheels")
        step_id = ""
        if is_ours:
            cluster = _start_cluster(cloud, aws, step, script, progress)
        else:
            cluster = cloud.settings.emr_cluster
            answer = aws.emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step])
            step_id = answer["StepIds"][0]
        try:
            if is_ours:
                step_id = aws.emr.list_steps(ClusterId=cluster)["Steps"][0]["Id"]
            status = _follow(cloud, aws, cluster, step_id, progress)
        except BaseException as error:
            _stop(aws, cluster, step_id, error, is_ours=is_ours)
            raise
        if status["State"] != "COMPLETED":
            raise JobError(_why(aws, cluster, step_id, status))


def _step(
    cloud: Cloud, aws: Clients, name: str, job: Path, arguments: Sequence[str]
) -> Any:
    package = artefacts.put_package(cloud, aws.s3)
    program = artefacts.put_program(cloud, aws.s3, job, arguments)
    is_ours = cloud.settings.emr_cluster == NEW  # its Python is set in _start_cluster
    python = [] if is_ours else [f"--conf=spark.pyspark.python={artefacts.NODE_PYTHON}"]
    return {
        "Name": name,
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {
            "Jar": "command-runner.jar",
            "Args": [
                "spark-submit",
                "--deploy-mode=client",
                "--conf=spark.sql.session.timeZone=UTC",
                *python,
                f"--py-files={package}",
                *program,
            ],
        },
    }


def _start_cluster(
    cloud: Cloud, aws: Clients, step: Any, script: str, progress: Progress
) -> str:
    """Start a cluster that runs one step and ends; return its id."""
    settings = cloud.settings
    python = {"PYSPARK_PYTHON": artefacts.NODE_PYTHON}
    start = partial(
        aws.emr.run_job_flow,
        Name=f"{settings.name}-{step['Name']}",
        ReleaseLabel=settings.release,
        LogUri=cloud.address("logs", ""),
        Applications=[{"Name": "Spark"}],
        ServiceRole=cloud.emr_service_role,
        JobFlowRole=cloud.emr_instance_profile,
        VisibleToAllUsers=True,
        AutoTerminationPolicy={"IdleTimeout": IDLE_SECONDS},
        BootstrapActions=[
            {
                "Name": "install what the jobs import",
                "ScriptBootstrapAction": {"Path": script},
            }
        ],
        Configurations=[
            {
                "Classification": "spark-env",
                "Configurations": [{"Classification": "export", "Properties": python}],
            }
        ],
        Instances={
            "MasterInstanceType": settings.emr_instance_type,
            "SlaveInstanceType": settings.emr_instance_type,
            "InstanceCount": settings.emr_instances,
            "KeepJobFlowAliveWhenNoSteps": False,
            "TerminationProtected": False,
            "Ec2SubnetId": cloud.subnet,
            "EmrManagedMasterSecurityGroup": cloud.emr_security_group,
            "EmrManagedSlaveSecurityGroup": cloud.emr_security_group,
        },
        Steps=[step],
        Tags=tags(settings, is_for_emr=True),
    )
    answer = until_known(
        start,
        *YOUNG_PROFILE_CODES,
        words=YOUNG_PROFILE_WORDS,
        what=f"instance profile '{cloud.emr_instance_profile}'",
        progress=progress,
    )
    return str(answer["JobFlowId"])


def _follow(
    cloud: Cloud, aws: Clients, cluster: str, step_id: str, progress: Progress
) -> Any:
    """Wait until a step has ended; return its status."""
    status: dict[str, Any] = {}

    def look() -> tuple[bool, str]:
        step = aws.emr.describe_step(ClusterId=cluster, StepId=step_id)["Step"]
        status.clear()
        status.update(step["Status"])
        state = str(status["State"])
        return state in ENDED, state

    wait_until(
        f"the EMR step of cluster {cluster}",
        look,
        cloud.settings.deadline_minutes,
        progress,
        interval=SECONDS_BETWEEN_LOOKS,
        remedy="it was stopped; raise deadline_minutes, or look at the cluster's "
        "events in the EMR console",
    )
    return status


def _stop(
    aws: Clients, cluster: str, step_id: str, why: BaseException, *, is_ours: bool
) -> None:
    """Stop the cluster if it is ours, else the step."""
    try:
        if is_ours:
            aws.emr.terminate_job_flows(JobFlowIds=[cluster])
        else:
            aws.emr.cancel_steps(
                ClusterId=cluster,
                StepIds=[step_id],
                StepCancellationOption="TERMINATE_PROCESS",
            )
    except Exception as error:
        raise CloudError(
            f"EMR cluster {cluster} may still run ({error}); end it with 'aws emr "
            f"terminate-clusters --cluster-ids {cluster} --region {aws.region}'. The "
            f"first error was: {why}"
        ) from why


def _why(aws: Clients, cluster: str, step_id: str, status: Any) -> str:
    """Return the job's own error, or EMR's reasons and the end of the job's log."""
    described = aws.emr.describe_cluster(ClusterId=cluster)["Cluster"]
    has_begun = "StartDateTime" in status.get("Timeline", {})
    logs = f"{described.get('LogUri', '').replace('s3n://', 's3://')}{cluster}"
    lines = (
        read_log(
            aws,
            f"{logs}/steps/{step_id}",
            seconds=SECONDS_FOR_LOGS,
            interval=SECONDS_BETWEEN_LOOKS,
        )
        if has_begun
        else []
    )
    if error := own_error(lines):
        return error
    details = status.get("FailureDetails", {})
    reasons = [
        details.get("Reason"),
        details.get("Message"),
        status.get("StateChangeReason", {}).get("Message"),
        described["Status"].get("StateChangeReason", {}).get("Message"),
    ]
    words = "; ".join(reason for reason in reasons if reason) or "EMR gives no reason"
    if not has_begun:
        return (
            f"the EMR step never began; its cluster is {described['Status']['State']}: "
            f"{words}; read the logs of its bootstrap actions below {logs}/node/"
        )
    return explain(
        f"the EMR step is {status['State']}",
        words,
        lines,
        folder=logs,
        role="the role of the cluster's instances",
    )
