"""The tables of the warehouse: their columns, the star as a drawing, the DDL."""

import pandas as pd
import sqlglot

from sparkify.documentation.schema import Column, Table, describe_tables
from sparkify.evidence.svg import BLUE, GREY, Box, arrow, drawing
from sparkify.warehouse import sql
from sparkify.warehouse.tables import ROLLUPS, RUN_TABLES, STAGING, STAR

GROUPS = {
    "staging": STAGING,
    "star": STAR,
    "rollup": ROLLUPS,
    "results of the runs": RUN_TABLES,
}
FACT = "songplays"
# Where the boxes of the star stand: left edge and upper edge.
PLACES = {
    "time": (20, 20),
    "users": (20, 210),
    FACT: (270, 60),
    "songs": (520, 20),
    "artists": (520, 210),
}
GAP = 30


def tables() -> pd.DataFrame:
    """Return each table with its group and what one row of it is."""
    described = describe_tables()
    return pd.DataFrame(
        [
            (group, name, described[name].description)
            for group, members in GROUPS.items()
            for name in members
        ],
        columns=["group", "table", "what it holds"],
    )


def columns(group: str) -> pd.DataFrame:
    """Return the columns of the tables in a group, with their descriptions.

    Args:
        group: One of `GROUPS`.
    """
    return pd.DataFrame(
        [
            (table.name, column.name, column.type, _key(table, column.name), text)
            for table in describe_tables(GROUPS[group]).values()
            for column in table.columns
            for text in [column.description]
        ],
        columns=["table", "column", "type", "key", "what it holds"],
    )


def statements(table: str) -> dict[str, str]:
    """Return the statement that creates a table, for each engine."""
    text = sql.load(f"schema/{table}").text
    created = text.partition("\n\ncomment on")[0]
    duckdb = sql.render(text, "duckdb")[0].text
    pretty = sqlglot.parse_one(duckdb, read="duckdb").sql("duckdb", pretty=True)
    return {"Redshift": created, "DuckDB": f"{pretty.lower()};"}


def diagram() -> str:
    """Return the star as a drawing: its tables, and the keys between them, as SVG."""
    described = describe_tables(STAR)
    boxes = {
        name: Box(
            name,
            tuple(f"{each.name}{_mark(each)}" for each in table.columns),
            *PLACES[name],
            fill=BLUE if name == FACT else GREY,
        )
        for name, table in described.items()
    }
    parts = [box.svg() for box in boxes.values()]
    for name, table in described.items():
        for number, column in enumerate(table.columns):
            if column.reference:
                target = described[column.reference.table]
                names = [each.name for each in target.columns]
                row = names.index(column.reference.column)
                start, end = boxes[name], boxes[column.reference.table]
                parts.append(arrow(_route(start, number, end, row)))
    height = max(box.y + box.height for box in boxes.values()) + 20
    return drawing(740, height, parts, "The star: songplays and its dimensions")


def keys() -> pd.DataFrame:
    """Return how Redshift distributes and sorts each table of the star, and why."""
    return pd.DataFrame(
        [
            (
                table.name,
                f"by {table.distribution_key}"
                if table.distribution_key
                else f"{table.distribution}: a copy on each node",
                ", ".join(table.sort_key),
            )
            for table in describe_tables(STAR).values()
        ],
        columns=["table", "rows lie", "sorted by"],
    )


def _mark(column: Column) -> str:
    if column.is_primary_key:
        return "  PK"
    return "  FK" if column.reference else ""


def _key(table: Table, name: str) -> str:
    """Return what a column is a key of, in a few words."""
    (column,) = (each for each in table.columns if each.name == name)
    marks = ["primary"] if column.is_primary_key else []
    if column.reference:
        marks.append(f"to {column.reference.table}")
    if name == table.distribution_key:
        marks.append("distribution")
    if name in table.sort_key:
        marks.append("sort")
    return ", ".join(marks)


def _route(start: Box, row: int, end: Box, target: int) -> list[tuple[int, int]]:
    """Return the points of an arrow from a row of a box to a row of another."""
    y, end_y = start.row_y(row), end.row_y(target)
    if start.x == end.x:  # one below the other: around the right side
        around = start.right + GAP // 2
        return [(start.right, y), (around, y), (around, end_y), (end.right, end_y)]
    is_right = end.x > start.x
    begin, finish = (start.right, end.x) if is_right else (start.x, end.right)
    middle = (begin + finish) // 2 + (row % 4 - 2) * 6
    return [(begin, y), (middle, y), (middle, end_y), (finish, end_y)]
