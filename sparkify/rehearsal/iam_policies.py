"""Evaluates IAM policies as AWS does: action, resource and condition of a request.

moto's own evaluation leaves out the resources of most services, and denies a request
because of any condition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Document = Mapping[str, Any]

ALLOWED, DENIED = "Allow", "Deny"


@dataclass(frozen=True)
class Asked:
    """What a principal asks for.

    Attributes:
        action: The action, such as `s3:GetObject`.
        resource: The ARN; `*` for a service that knows none.
        context: The condition keys that AWS gives the request.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


def allows(documents: Iterable[Document], asked: Asked) -> bool:
    """Return whether policies allow a request: some statement does, and none denies.

    Args:
        documents: The policies of the principal.
        asked: The request.

    Raises:
        NotImplementedError: A policy has an element that is not evaluated here.
    """
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _statements(document)
        if _applies(statement, asked)
    }
    return ALLOWED in effects and DENIED not in effects


def trusts(document: Document, principal: tuple[str, str], asked: Asked) -> bool:
    """Return whether a trust policy lets a principal assume the role.

    Args:
        document: The trust policy.
        principal: Its kind and name: `("Service", "ec2.amazonaws.com")`.
        asked: The request; a role's own policy names no resource.
    """
    kind, name = principal
    statements = [
        {**statement, "Resource": "*"}
        for statement in _statements(document)
        if name in _list(statement["Principal"].get(kind, ()))
    ]
    return allows([{"Statement": statements}], asked)


def _applies(statement: Mapping[str, Any], asked: Asked) -> bool:
    unknown = set(statement) - {
        *("Sid", "Effect", "Principal", "Action", "Resource", "Condition")
    }
    if unknown:
        raise NotImplementedError(f"the emulator of IAM lacks {sorted(unknown)}")
    actions = [action.lower() for action in _list(statement["Action"])]
    return (
        _matches(actions, asked.action.lower())
        and _matches(_list(statement["Resource"]), asked.resource)
        and all(
            _holds(operator, keys, asked.context)
            for operator, keys in statement.get("Condition", {}).items()
        )
    )


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """Return whether a condition holds; it does not if the request lacks the key."""
    if operator not in OPERATORS:
        raise NotImplementedError(f"the emulator of IAM lacks the operator {operator}")
    test = OPERATORS[operator]
    return all(
        key in context and any(test(value, context[key]) for value in _list(values))
        for key, values in keys.items()
    )


def _like(pattern: str, value: str) -> bool:
    return fnmatchcase(value, pattern.replace("[", "[[]"))


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnLike": _like,
    "Bool": lambda wanted, value: str(wanted).lower() == value.lower(),
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": _like,
}


def _matches(patterns: Iterable[str], value: str) -> bool:
    return any(_like(pattern, value) for pattern in patterns)


def _statements(document: Document) -> list[Mapping[str, Any]]:
    found = document["Statement"]
    return list(found) if isinstance(found, list) else [found]


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
