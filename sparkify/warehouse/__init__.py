"""The warehouse: one interface, and a module for each engine."""

from sparkify.cloud_parameters import REDSHIFT_WAREHOUSES
from sparkify.errors import ParameterError
from sparkify.warehouse.duckdb import DuckDBWarehouse
from sparkify.warehouse.session import Session, Warehouse
from sparkify.workspace import Workspace

__all__ = ["Session", "Warehouse", "open_star", "open_warehouse"]


def open_warehouse(name: str, workspace: Workspace, memory_limit: str) -> Warehouse:
    """Return the warehouse of a workspace.

    Args:
        name: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        workspace: The workspace, which holds DuckDB's files or names the cluster.
        memory_limit: The most memory that DuckDB may use, such as `4GB`.

    Raises:
        ParameterError: There is no such engine.
        CloudError: The engine is Redshift, and nothing has been provisioned.
    """
    if name == "duckdb":
        return DuckDBWarehouse(workspace.warehouse, memory_limit)
    if name in REDSHIFT_WAREHOUSES:
        from sparkify.aws.cloud import Cloud
        from sparkify.warehouse.redshift import RedshiftWarehouse

        return RedshiftWarehouse(Cloud.load(workspace.root))
    choices = ", ".join(("duckdb", *REDSHIFT_WAREHOUSES))
    raise ParameterError(f"warehouse '{name}' is unknown; choose one of {choices}")


def open_star(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> Session:
    """Open the last published star for queries.

    Args:
        workspace: The workspace parameter of the run that built the star.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        memory_limit: The most memory that DuckDB may use, such as `4GB`.

    Raises:
        WarehouseError: There is no finished star yet.
    """
    return open_warehouse(warehouse, Workspace.at(workspace), memory_limit).reading()
