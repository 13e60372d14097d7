"""What the machines cost, and which Redshift node types there are.

List prices on demand in US dollars an hour, for the regions where they are the same;
elsewhere the price is unknown here and shown so. Not in them: storage (S3 about 0.023
and Redshift's managed storage 0.024 a GB and month), disks of EMR instances, public
IPv4 addresses (0.005 an hour each), secrets (0.40 a month) and traffic.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.errors import CloudError

PRICED_REGIONS = ("us-east-1", "us-west-2")


@dataclass(frozen=True)
class NodeType:
    """A type of Redshift's nodes.

    Attributes:
        dollars: The price of one node, an hour; None where it is unknown here.
        fewest: The fewest nodes that a new cluster may have.
        most: The most nodes that a new cluster may have.
    """

    dollars: float | None
    fewest: int
    most: int


# "Clusters and nodes in Amazon Redshift" of the management guide, and at most the 100
# nodes that the API takes; a resize later may go beyond what a new cluster may have.
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

# An instance's own price and what EMR takes for it.
INSTANCE_TYPES = {
    "m5.xlarge": (0.192, 0.048),
    "m5.2xlarge": (0.384, 0.096),
    "c5.xlarge": (0.17, 0.043),
    "r5.xlarge": (0.252, 0.063),
}


def check_nodes(node_type: str, nodes: int) -> None:
    """Makes sure that Redshift can make such a cluster.

    Raises:
        CloudError: It cannot; the message says what it can.
    """
    choices = ", ".join(NODE_TYPES)
    if node_type.startswith(GONE):
        raise CloudError(
            f"node_type '{node_type}' can no longer be created; choose ra3.large"
        )
    if node_type not in NODE_TYPES:
        raise CloudError(f"node_type '{node_type}' is unknown; choose one of {choices}")
    kind = NODE_TYPES[node_type]
    if not kind.fewest <= nodes <= kind.most:
        raise CloudError(
            f"a new cluster cannot have {nodes} nodes of {node_type}; choose from "
            f"{kind.fewest} to {kind.most}"
        )


def redshift_dollars(node_type: str, nodes: int, region: str) -> float | None:
    """Gives what a Redshift cluster costs an hour; None where that is unknown."""
    kind = NODE_TYPES.get(node_type)
    if region not in PRICED_REGIONS or kind is None or kind.dollars is None:
        return None
    return round(kind.dollars * nodes, 3)


def emr_dollars(instance_type: str, instances: int, region: str) -> float | None:
    """Gives what an EMR cluster costs an hour; None where that is unknown."""
    if region not in PRICED_REGIONS or instance_type not in INSTANCE_TYPES:
        return None
    return round(sum(INSTANCE_TYPES[instance_type]) * instances, 3)
