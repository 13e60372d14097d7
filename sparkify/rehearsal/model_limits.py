"""Checks requests by botocore's model of a service: moto takes values of any size.

botocore itself checks only the types and the least sizes before it sends a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session

NO_PATTERN = ("UriString",)  # its pattern is for another language's expressions
SHOWN = 40  # characters of a value in an error


@cache
def service_model(service: str) -> Any:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def violations(service: str, operation: str, request: dict[str, Any]) -> Iterator[str]:
    """Yield what a service would refuse in a request, in its words.

    Args:
        service: The service, such as `emr-serverless`.
        operation: The operation, such as `StartJobRun`.
        request: The parameters.
    """
    shape = service_model(service).operation_model(operation).input_shape
    yield from violations_of(shape, request, operation)


def violations_of(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Yield what a service would refuse in a value.

    Args:
        shape: The value's shape in the model.
        value: The value.
        path: Its name in the words.
    """
    if value is None:
        return
    for rule in _broken_rules(shape, value):
        yield _words(value, path, f"Member must {rule}")
    if shape.type_name == "structure":
        for name in value.keys() & shape.members.keys():
            yield from violations_of(shape.members[name], value[name], f"{path}.{name}")
    if shape.type_name == "list":
        for each in value:
            yield from violations_of(shape.member, each, f"{path}.member")


def _broken_rules(shape: Any, value: Any) -> Iterator[str]:
    most, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    is_number = shape.type_name in ("integer", "long")
    size = value if is_number else len(value) if hasattr(value, "__len__") else 0
    if most is not None and size > most:
        kind = "value" if is_number else "length"
        yield f"have {kind} less than or equal to {most}"
    if shape.type_name != "string":
        return
    if pattern and shape.name not in NO_PATTERN and not re.fullmatch(pattern, value):
        yield f"satisfy pattern: {pattern}"
    if shape.enum and value not in shape.enum:
        yield f"satisfy enum value set: {shape.enum}"


def _words(value: Any, path: str, rule: str) -> str:
    shown = str(value)
    shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
    return (
        f"1 validation error detected: Value '{shown}' at '{path}' failed to satisfy "
        f"constraint: {rule}"
    )
