"""The limits of EMR that moto leaves out: it validates none of a step's arguments."""

from __future__ import annotations

from functools import cache
from typing import Any
from unittest import mock

from moto.emr.exceptions import ValidationException
from moto.emr.models import Cluster

from sparkify.rehearsal.model_limits import service_model


@cache
def longest_argument() -> int:
    """Return the most characters of a step's argument, by botocore's model of EMR."""
    step: Any = service_model("emr").shape_for("HadoopJarStepConfig")
    return int(step.members["Args"].member.metadata["max"])


def limits() -> Any:
    """Return the patch of moto with which EMR refuses steps as the service does."""
    add_steps = Cluster.add_steps

    def checked(cluster: Cluster, steps: list[dict[str, Any]]) -> Any:
        most = longest_argument()
        for step in steps:
            for argument in (step.get("hadoop_jar_step") or {}).get("Args") or ():
                if len(argument) > most:
                    raise ValidationException(
                        f"1 validation error detected: Value '{argument[:40]}...' at "
                        "'steps.1.member.hadoopJarStep.args' failed to satisfy "
                        "constraint: Member must satisfy constraint: [Member must have "
                        f"length less than or equal to {most}]"
                    )
        return add_steps(cluster, steps)

    return mock.patch.object(Cluster, "add_steps", checked)
