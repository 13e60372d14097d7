"""Redshift's functions on DuckDB: the same, rendered, or refused by name."""

from sparkify.warehouse.functions.macros import MACROS
from sparkify.warehouse.functions.translation import render

__all__ = ["MACROS", "render"]
