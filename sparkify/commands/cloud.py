"""The settings of the cloud resources that a command's parameters name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from sparkify.params import Value

if TYPE_CHECKING:
    from sparkify.aws.settings import Settings


def cloud_settings(parameters: Mapping[str, Value]) -> "Settings":
    """Return the AWS parameters among a value for every parameter."""
    from sparkify.aws.settings import Settings

    return Settings.of(
        **{each.name: parameters[each.name] for each in fields(Settings)}
    )
