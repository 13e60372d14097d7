"""The AWS parameters of a run, as one value."""

from dataclasses import dataclass, fields

from sparkify.params import PARAMETERS, Value, find_parameter

AUTO = "auto"
NEW = "new"
NONE = "none"
TAG = "sparkify"  # the tag's key; its value is the settings' name

SLICES_A_NODE = {"ra3.large": 2, "ra3.xlplus": 2, "ra3.4xlarge": 4, "ra3.16xlarge": 16}


@dataclass(frozen=True)
class Settings:
    """The AWS parameters, as `sparkify.params` describes them.

    Attributes:
        name: The name and the tag of the resources.
        region: Their region.
        bucket: The bucket, or `auto`.
        cluster: An existing Redshift cluster's identifier, or `new`.
        node_type: Redshift's node type.
        nodes: The number of Redshift's nodes.
        base_rpu: The base capacity of Redshift Serverless, in RPU.
        rpu_hours_a_day: The usage limit of Redshift Serverless, in RPU-hours a day.
        database: The database of the star.
        schema: The schema of that database that holds all our tables.
        login: `secret` or `iam`.
        ingress: The one address that may reach Redshift, `a.b.c.d/32`, or `auto`.
        emr_cluster: An existing EMR cluster's id, or `new`.
        release: The EMR release.
        emr_instance_type: The type of EMR's instances.
        emr_instances: The number of instances of an EMR cluster.
        deadline_minutes: How long to wait for one resource or step.
        budget_usd: US dollars a month above which a mail is sent; 0 for no alarm.
        budget_email: The address of that mail, or `none`.
    """

    name: str
    region: str
    bucket: str
    cluster: str
    node_type: str
    nodes: int
    base_rpu: int
    rpu_hours_a_day: int
    database: str
    schema: str
    login: str
    ingress: str
    emr_cluster: str
    release: str
    emr_instance_type: str
    emr_instances: int
    deadline_minutes: int
    budget_usd: int
    budget_email: str

    @classmethod
    def of(cls, **given: Value) -> "Settings":
        """Return settings with some values, and the defaults of the others.

        Raises:
            ParameterError: A name is unknown, or its parameter may not have the value.
        """
        names = [field.name for field in fields(cls)]
        for name in given:
            find_parameter(name, names)
        values = {
            name: PARAMETERS[name].check(given.get(name, PARAMETERS[name].default))
            for name in names
        }
        return cls(**values)  # type: ignore[arg-type]  # checked by its parameter

    def files(self, at_least: int) -> int:
        """Return a number of files that the slices can share equally.

        Args:
            at_least: The smallest number.
        """
        slices = self.nodes * SLICES_A_NODE.get(self.node_type, 1)
        return -(-at_least // slices) * slices
