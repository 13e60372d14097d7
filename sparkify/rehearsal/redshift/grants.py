"""How a COPY or UNLOAD says in whose name Redshift touches S3."""

import re

from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.rehearsal.redshift.tokens import Tokens

_ROLE = re.compile(r"arn:aws(-[a-z-]+)?:iam::\d{12}:role/[\w+=,.@/-]+")
_KEYS = {"aws_access_key_id", "aws_secret_access_key"}


def accept_grant(tokens: Tokens) -> bool:
    """Takes the clause that names a role or keys, if it comes next.

    Raises:
        CopyError: It names neither.
    """
    if tokens.accept("iam_role"):
        if not tokens.accept("default"):
            _check_roles(tokens.string())
        return True
    if tokens.accept("with", "credentials") or tokens.accept("credentials"):
        tokens.accept("as")
        _check_credentials(tokens.string())
        return True
    if tokens.accept("access_key_id"):
        tokens.string()
        tokens.expect("secret_access_key")
        tokens.string()
        if tokens.accept("session_token"):
            tokens.string()
        return True
    return False


def _check_credentials(text: str) -> None:
    """Looks at `aws_iam_role=...`, or at the keys, between semicolons."""
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    if set(parts) == {"aws_iam_role"}:
        _check_roles(parts["aws_iam_role"])
    elif set(parts) - {"token"} != _KEYS:
        raise CopyError(
            "Invalid credentials. Must be of the format: credentials "
            "'aws_iam_role=...' or 'aws_access_key_id=...;aws_secret_access_key=..."
            "[;token=...]'"
        )


def _check_roles(text: str) -> None:
    """Looks at a role, or at a chain of them between commas."""
    for role in text.split(","):
        if not _ROLE.fullmatch(role):
            raise CopyError(f"Invalid IAM role '{role}': it is not the ARN of a role")
