"""The prices of the machines, and Redshift's node types.

The prices are on-demand list prices in US dollars an hour. They cover the regions that
share them; for other regions the price is shown as unknown. They do not include storage
(S3 about 0.023 and Redshift's managed storage 0.024 a GB and month), disks of EMR
instances, public IPv4 addresses (0.005 an hour each), secrets (0.40 a month) and
traffic.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.errors import ParameterError

HOURS_A_DAY = 24
DAYS_A_MONTH = 30
# What a paused cluster still costs a month: a secret, and each GB that it stores.
SECRET_A_MONTH = 0.40
STORED_GB_A_MONTH = 0.024

PRICED_REGIONS = ("us-east-1", "us-west-2")


@dataclass(frozen=True)
class NodeType:
    """A node type of Redshift.

    Attributes:
        dollars: The price of one node an hour; None if unknown.
        fewest: The fewest nodes that a new cluster may have.
        most: The most nodes that a new cluster may have.
    """

    dollars: float | None
    fewest: int
    most: int


# From "Clusters and nodes in Amazon Redshift" in the management guide, limited to the
# 100 nodes that the API accepts. A later resize may exceed the limits of a new cluster.
NODE_TYPES = {
    "ra3.large": NodeType(0.543, 1, 16),
    "ra3.xlplus": NodeType(1.086, 1, 16),
    "ra3.4xlarge": NodeType(3.26, 2, 32),
    "ra3.16xlarge": NodeType(13.04, 2, 100),
    "rg.large": NodeType(None, 1, 100),
    "rg.xlarge": NodeType(None, 1, 100),
    "rg.4xlarge": NodeType(None, 1, 100),
    "rg.12xlarge": NodeType(None, 1, 100),
}
GONE = ("dc1.", "dc2.", "ds1.", "ds2.")

# The price of an instance, and EMR's surcharge for it.
INSTANCE_TYPES = {
    "m5.xlarge": (0.192, 0.048),
    "m5.2xlarge": (0.384, 0.096),
    "c5.xlarge": (0.17, 0.043),
    "r5.xlarge": (0.252, 0.063),
}


def check_nodes(node_type: str, nodes: int) -> None:
    """Refuse a cluster that Redshift cannot create.

    Raises:
        ParameterError: Redshift cannot create it; the message says what it can.
    """
    choices = ", ".join(NODE_TYPES)
    if node_type.startswith(GONE):
        raise ParameterError(
            f"node_type '{node_type}' can no longer be created; choose ra3.large"
        )
    if node_type not in NODE_TYPES:
        raise ParameterError(
            f"node_type '{node_type}' is unknown; choose one of {choices}"
        )
    kind = NODE_TYPES[node_type]
    if not kind.fewest <= nodes <= kind.most:
        raise ParameterError(
            f"a new cluster cannot have {nodes} nodes of {node_type}; choose from "
            f"{kind.fewest} to {kind.most}"
        )


def redshift_dollars(node_type: str, nodes: int, region: str) -> float | None:
    """Return the dollars an hour of a Redshift cluster; None if unknown."""
    kind = NODE_TYPES.get(node_type)
    if region not in PRICED_REGIONS or kind is None or kind.dollars is None:
        return None
    return round(kind.dollars * nodes, 3)


def paused_dollars(gigabytes: float, region: str) -> float | None:
    """Return the dollars an hour of a paused Redshift cluster; None if unknown."""
    if region not in PRICED_REGIONS:
        return None
    month = SECRET_A_MONTH + STORED_GB_A_MONTH * gigabytes
    return month / (DAYS_A_MONTH * HOURS_A_DAY)


def emr_dollars(instance_type: str, instances: int, region: str) -> float | None:
    """Return the dollars an hour of an EMR cluster; None if unknown."""
    if region not in PRICED_REGIONS or instance_type not in INSTANCE_TYPES:
        return None
    return round(sum(INSTANCE_TYPES[instance_type]) * instances, 3)
