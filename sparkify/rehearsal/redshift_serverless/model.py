"""Checks requests and answers against botocore's model of a service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator


@cache
def service_model(service: str) -> Any:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def problems(shape: Any, value: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a structure: names, types, patterns and choices.

    Args:
        shape: The structure's shape in the model.
        value: The structure.
    """
    report = ParamValidator().validate(dict(value), shape)
    if report.has_errors():
        return [str(report.generate_report())]
    return list(_constraints(shape, value, ""))


def _constraints(shape: Any, value: Any, place: str) -> Iterator[str]:
    """Yield what botocore's own validation leaves out."""
    if shape.type_name == "structure":
        for name, each in value.items():
            yield from _constraints(shape.members[name], each, f"{place}.{name}")
    elif shape.type_name == "list":
        for number, each in enumerate(value):
            yield from _constraints(shape.member, each, f"{place}[{number}]")
    elif shape.type_name == "string":
        pattern, choices = shape.metadata.get("pattern"), shape.enum
        if pattern and not re.search(pattern, value):
            yield f"Value at '{place[1:]}' must satisfy the pattern {pattern}"
        if choices and value not in choices:
            yield f"Value at '{place[1:]}' must be one of {', '.join(choices)}"
