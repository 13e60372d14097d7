"""The parameters of the cloud resources of a run."""

import re

from sparkify.errors import ParameterError
from sparkify.parameter import Parameter

EMR = "emr"
EMR_ENGINES = (EMR, "emr_serverless")
REDSHIFT_SERVERLESS = "redshift_serverless"
REDSHIFT_WAREHOUSES = ("redshift", REDSHIFT_SERVERLESS)
SECRET = "secret"  # noqa: S105 (a choice of `login`, not a password)
CONNECTOR = "connector"

RESERVED_SCHEMAS = (
    (
        re.compile("public"),
        "every user of the database may see it and make tables there, and Sparkify "
        "needs a schema that holds nothing else",
    ),
    (
        re.compile("pg_.*|information_schema"),
        "that name is reserved for Redshift's own schemas",
    ),
)

CLOUD_PARAMETERS = (
    Parameter(
        "name",
        "sparkify",
        "name and tag of the cloud resources: lowercase letters, digits, hyphens",
        pattern=re.compile(r"[a-z][a-z0-9-]{1,23}[a-z0-9]"),
        example="sparkify or sparkify-test",
    ),
    Parameter("region", "us-west-2", "AWS region of the cloud resources"),
    Parameter(
        "bucket",
        "auto",
        "bucket for flattened data and job files; auto names it by the account",
    ),
    Parameter(
        "cluster",
        "new",
        "identifier of an existing Redshift cluster, or new to create one",
    ),
    Parameter("node_type", "ra3.large", "Redshift node type"),
    Parameter("nodes", 2, "Redshift nodes", at_least=1, at_most=128),
    Parameter(
        "base_rpu",
        4,
        "Redshift Serverless's capacity in RPU while queries run: 4, or eights",
        at_least=4,
        at_most=512,
    ),
    Parameter(
        "rpu_hours_a_day",
        16,
        "RPU-hours of Redshift Serverless a day; then AWS turns off its queries",
        at_least=1,
        at_most=1_000_000,
    ),
    Parameter(
        "database",
        "sparkify",
        "database of the star schema",
        pattern=re.compile(r"[a-z][a-z0-9_]{0,62}"),
        example="sparkify",
    ),
    Parameter(
        "schema",
        "sparkify",
        "schema of that database for Sparkify alone; DuckDB's files need none",
        pattern=re.compile(r"[a-z][a-z0-9_]{0,62}"),
        example="sparkify",
        reserved=RESERVED_SCHEMAS,
    ),
    Parameter(
        "login",
        "secret",
        "how to log in to Redshift: the password in Secrets Manager, or temporary "
        "credentials from IAM",
        (SECRET, "iam"),
    ),
    Parameter(
        "ingress",
        "auto",
        "the one address that may reach Redshift, as a.b.c.d/32; auto finds this "
        "machine's",
    ),
    Parameter(
        "emr_cluster",
        "new",
        "id of an existing EMR cluster, or new for one that ends after its step",
    ),
    Parameter(
        "release",
        "emr-7.13.0",
        "EMR release",
        pattern=re.compile(r"emr-\d+\.\d+\.\d+"),
        example="emr-7.13.0",
    ),
    Parameter("emr_instance_type", "m5.xlarge", "EMR instance type"),
    Parameter("emr_instances", 3, "EMR nodes or workers", at_least=1, at_most=100),
    Parameter(
        "deadline_minutes",
        30,
        "how long to wait for a cloud resource or a step",
        at_least=1,
        at_most=24 * 60,
    ),
    Parameter(
        "budget_usd",
        0,
        "dollars a month of the account at which AWS sends a mail; 0 for none",
        at_most=1_000_000,
    ),
    Parameter(
        "budget_email",
        "none",
        "address of that mail; the run's notebooks hold it in clear",
        pattern=re.compile(r"none|[^@\s]+@[^@\s]+\.[^@\s]+"),
        example="you@example.org",
    ),
    Parameter(
        "pause",
        False,
        "whether 99_teardown pauses Redshift, until 01_provision, and keeps all",
    ),
)


def check_load(load: str, *, engine: str, warehouse: str, login: str) -> None:
    """Refuse a way of loading that cannot work with the other parameters.

    Args:
        load: `copy`, which always works, or `connector`: a job on EMR writes to
            Redshift, as the user whose password is in Secrets Manager.
        engine: The engine that flattens.
        warehouse: The engine that holds the star.
        login: How to log in to Redshift.

    Raises:
        ParameterError: The message says what the connector needs.
    """
    if load != CONNECTOR:
        return
    if engine != EMR or warehouse not in REDSHIFT_WAREHOUSES:
        raise ParameterError(
            f"load '{load}' cannot go with engine '{engine}' and warehouse "
            f"'{warehouse}': it needs engine '{EMR}' and warehouse "
            f"{' or '.join(map(repr, REDSHIFT_WAREHOUSES))}; choose them, or load "
            "'copy'"
        )
    if login != SECRET:
        raise ParameterError(
            f"load '{load}' cannot go with login '{login}': it needs login "
            f"'{SECRET}'; choose it, or load 'copy'"
        )
