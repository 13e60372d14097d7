"""IAM policies: their documents, their statements and their equality."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Policy = dict[str, Any]

VERSION = "2012-10-17"


def policy(*statements: Policy) -> Policy:
    """Return a policy document with some statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def allow(
    sid: str,
    actions: Iterable[str],
    resources: Iterable[str],
    condition: Mapping[str, Any] | None = None,
) -> Policy:
    """Return a statement that allows actions on resources.

    Args:
        sid: The statement's name: letters and digits.
        actions: The actions, each by its full name.
        resources: The ARNs.
        condition: A condition that must also hold.
    """
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return {**statement, "Condition": dict(condition)} if condition else statement


def objects(bucket: str, prefixes: Iterable[str]) -> list[str]:
    """Return the ARNs of the objects below prefixes of a bucket."""
    return [f"arn:aws:s3:::{bucket}/{prefix}*" for prefix in prefixes]


def under(prefixes: Iterable[str]) -> Policy:
    """Return the condition that only objects below prefixes are listed."""
    return {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}


def same(one: Any, other: Any) -> bool:
    """Return whether two policies are equal; AWS may reorder and unwrap lists."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(below) for key, below in value.items()}
    if isinstance(value, list):
        plain = sorted(
            map(_plain, value), key=lambda below: json.dumps(below, sort_keys=True)
        )
        return plain[0] if len(plain) == 1 else plain
    return value
