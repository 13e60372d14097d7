"""The rows of the table of permissions in docs/least-privilege.md."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sparkify.project import ROOT

PAGE = ROOT / "docs" / "least-privilege.md"
SERVERLESS_TITLE = "## Redshift Serverless"  # what differs there is in its own table
ROW = re.compile(
    r"\| `(?P<role>[\w-]+)` \| (?P<statement>\w*) \| `(?P<action>\S+)` \| "
)
# What Spark asks for within the step.
LIST_OURS = ("emr-instances", "ListOurs", "s3:ListBucket")
READ_LOGIN = ("emr-instances", "ReadLogin", "secretsmanager:GetSecretValue")
# What no part of a rehearsal asks for, so that nothing fails without it.
NOT_ASKED = {
    ("emr-instances", "ListOurs", "s3:GetBucketLocation"),
    ("emr-instances", "ReadProgramsOfEmr", "s3:GetObject"),
    ("emr-job", "ListOurs", "s3:GetBucketLocation"),
    ("redshift-copy", "ListFiles", "s3:ListBucket"),
}
# What only a run of Spark asks for, too; a step for each would take too long.
NEEDS_SPARK = {
    ("emr-instances", "ReadAndWriteOurs", "s3:DeleteObject"),
    ("emr-instances", "ReadSource", "s3:GetObject"),
    ("emr-instances", "ListSource", "s3:ListBucket"),
    ("emr-job", "ListOurs", "s3:ListBucket"),
    ("emr-job", "ReadAndWriteOurs", "s3:DeleteObject"),
    ("emr-job", "ReadSource", "s3:GetObject"),
    ("emr-job", "ListSource", "s3:ListBucket"),
}


NEEDS_SPARK_WORDS = "Spark asks for it within the step; not tried by itself"
NOT_ASKED_WORDS = "nothing in a rehearsal asks for it"
HEADER = (
    "| Role | Statement | Action | Who asks | What the error says without it |\n"
    "|---|---|---|---|---|"
)


@dataclass(frozen=True, order=True)
class Permission:
    """An action that one statement of a role's policy allows.

    Attributes:
        role: The role, without the prefix of its name.
        statement: The statement's name; empty for all that allow the action.
        action: The action.
    """

    role: str
    statement: str
    action: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.role, self.statement, self.action


def listed() -> list[Permission]:
    """Return the permissions that the page lists."""
    of_clusters = PAGE.read_text().partition(SERVERLESS_TITLE)[0]
    found = map(ROW.match, of_clusters.splitlines())
    return [Permission(**match.groupdict()) for match in found if match]


# What differs from run to run.
IDS = (
    (re.compile(r"j-[0-9A-Z]{13}"), "j-ID"),
    (re.compile(r"\bworkgroup/[0-9a-f-]{36}"), "workgroup/ID"),
    (re.compile(r"\b(subnet|sg)-[0-9a-f]+"), r"\1-ID"),
    (re.compile(r"\b[0-9]{8}T[0-9]{6}\.[0-9]{6}Z"), "RUN"),
    (re.compile(r"/jobs/(wheels/)?[0-9a-f]{16}"), r"/jobs/\1HASH"),
    (re.compile(r"attempt_[0-9_mr]+"), "ATTEMPT"),
    (re.compile(r"(emr-job|pending|applications|jobs)/[0-9a-z]{16}\b"), r"\1/ID"),
    (re.compile(r"(secret:redshift!sparkify-sparkify)-\w+"), r"\1-ID"),
)


def plain(message: str) -> str:
    """Return a message in one line of a table, without what differs from run to run."""
    for pattern, name in IDS:
        message = pattern.sub(name, message)
    return " ".join(message.split()).replace("|", "/")


def row(permission: Permission, message: str) -> str:
    """Return the line of the table."""
    cells = (
        f"`{permission.role}`",
        permission.statement,
        f"`{permission.action}`",
        who_asks(permission),
        message,
    )
    return f"| {' | '.join(cells)} |"


def who_asks(permission: Permission) -> str:
    """Return whose request fails in the trial; the page says what each means."""
    if permission.key in NOT_ASKED:
        return "nobody"
    if permission.key in NEEDS_SPARK | {LIST_OURS}:
        return "Spark"
    if permission.key == READ_LOGIN or permission.role == "dashboard":
        return "our code"
    return "played COPY" if permission.role == "redshift-copy" else "probe"
