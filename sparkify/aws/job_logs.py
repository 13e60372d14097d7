"""Reads the log of a Spark job on AWS from S3, and says why the job failed."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from sparkify.aws.session import Clients
from sparkify.aws.waiting import poll
from sparkify.s3 import split

LOG_LINES_SHOWN = 15
OURS = "sparkify: error: "
NAMES_ACTION = "not authorized to perform"
DENIED = (NAMES_ACTION, "AccessDenied", "Access Denied", "Forbidden")
NO_ACTION = (
    "S3 names no action where it answers HEAD or deletes many objects: it is "
    "s3:GetObject, s3:ListBucket where the object does not exist, or s3:DeleteObject"
)


def read_log(
    aws: Clients, folder: str, *, seconds: float, interval: float
) -> list[str]:
    """Return the lines of a job's log, once AWS has copied it; empty if it does not.

    Args:
        aws: The clients.
        folder: The `s3://` address of the folder with `stderr.gz`.
        seconds: How long to look for it.
        interval: Seconds between two looks.
    """
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

    return poll(look, seconds=seconds, interval=interval) or []


def own_error(lines: Sequence[str]) -> str:
    """Return the error that our job wrote into its log; empty if it wrote none."""
    for line in reversed(lines):
        if OURS in line:
            return line.split(OURS, 1)[1]
    return ""


def explain(
    what: str, reasons: str, lines: Sequence[str], *, folder: str, role: str
) -> str:
    """Return why a job failed, from AWS's reasons and the end of the job's log.

    Args:
        what: The job and its state, such as `the EMR step is FAILED`.
        reasons: What AWS says.
        lines: The log; empty if there is none.
        folder: The address at which the log should be.
        role: Whose permissions write the log, in words.
    """
    tail = "\n".join(lines[-LOG_LINES_SHOWN:]) or (
        f"nothing in {folder} yet; if it stays empty, {role} lacks s3:PutObject there"
    )
    denials = [line for line in lines if any(word in line for word in DENIED)]
    if denials:
        last = denials[-1].strip()
        hint = "" if NAMES_ACTION in last else f"; {NO_ACTION}"
        reasons = f"AWS denied it a request: {last}{hint}"
    return f"{what}: {reasons}\nthe end of its log:\n{tail}"
