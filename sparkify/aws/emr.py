"""Runs a job as a step of an EMR cluster, and follows it to its end.

The cluster is a transient one, which ends with its step, or an existing one. A cluster
that we started never keeps running, whatever fails here.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sparkify.aws import artefacts
from sparkify.aws.cloud import Cloud
from sparkify.aws.names import tags
from sparkify.aws.session import Clients, clients, explained
from sparkify.aws.settings import NEW
from sparkify.aws.waiting import poll, until_known, wait_until
from sparkify.errors import CloudError, JobError
from sparkify.progress import Progress
from sparkify.s3 import split

ENDED = ("COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED")
SECONDS_BETWEEN_LOOKS = 5.0
SECONDS_FOR_LOGS = 360.0  # EMR copies them to S3 every five minutes
IDLE_SECONDS = 900  # an idle cluster then ends itself
LOG_LINES_SHOWN = 15
OURS = "sparkify: error: "
NAMES_ACTION = "not authorized to perform"
DENIED = (NAMES_ACTION, "AccessDenied", "Access Denied", "Forbidden")
NO_ACTION = (
    "S3 names no action where it answers HEAD or deletes many objects: it is "
    "s3:GetObject, s3:ListBucket where the object does not exist, or s3:DeleteObject"
)
LAUNCHER = Path(__file__).with_name("step_launcher.py")
MOST_CHARACTERS = (
    10_280  # of an argument; kept for all together, to be on the safe side
)

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
    program = [artefacts.put_job(cloud, aws.s3, job), *arguments]
    if len(" ".join(arguments)) > MOST_CHARACTERS:
        program = [
            artefacts.put_job(cloud, aws.s3, LAUNCHER),
            program[0],
            artefacts.put_arguments(cloud, aws.s3, arguments),
        ]
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
            f"EMR cluster {cluster} may still run ({error}); end it with aws emr "
            f"terminate-clusters --cluster-ids {cluster}. The first error was: {why}"
        ) from why


def _why(aws: Clients, cluster: str, step_id: str, status: Any) -> str:
    """Return the job's own error, or EMR's reasons and the end of the job's log."""
    described = aws.emr.describe_cluster(ClusterId=cluster)["Cluster"]
    has_begun = "StartDateTime" in status.get("Timeline", {})
    folder = f"{described.get('LogUri', '').replace('s3n://', 's3://')}{cluster}"
    lines = _log_lines(aws, f"{folder}/steps/{step_id}") if has_begun else []
    for line in reversed(lines):
        if OURS in line:
            return line.split(OURS, 1)[1]
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
            f"{words}; read the logs of its bootstrap actions below {folder}/node/"
        )
    tail = "\n".join(lines[-LOG_LINES_SHOWN:]) or (
        f"nothing in {folder} yet; if it stays empty, the role of the cluster's "
        "instances lacks s3:PutObject there"
    )
    denials = [line for line in lines if any(word in line for word in DENIED)]
    if denials:
        last = denials[-1].strip()
        hint = "" if NAMES_ACTION in last else f"; {NO_ACTION}"
        words = f"AWS denied it a request: {last}{hint}"
    return f"the EMR step is {status['State']}: {words}\nthe end of its log:\n{tail}"


def _log_lines(aws: Clients, folder: str) -> list[str]:
    """Return the job's log, once EMR has copied it to S3; empty if it never does."""
    bucket, prefix = split(folder)

    def look() -> list[str] | None:
        answer = aws.s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/")
        keys = {entry["Key"].rpartition("/")[2] for entry in answer.get("Contents", ())}
        if "stderr.gz" not in keys:
            return None
        texts = [
            aws.s3.get_object(Bucket=bucket, Key=f"{prefix}/{key}")["Body"].read()
            for key in ("stdout.gz", "stderr.gz")
            if key in keys
        ]
        return [
            line
            for text in texts
            for line in gzip.decompress(text).decode(errors="replace").splitlines()
        ]

    found = poll(look, seconds=SECONDS_FOR_LOGS, interval=SECONDS_BETWEEN_LOOKS)
    return found or []
