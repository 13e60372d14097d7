"""The data dictionary: every table and column, and the star as a diagram."""

from collections.abc import Iterable, Iterator, Mapping

from sparkify.documentation.markdown import write_table
from sparkify.documentation.schema import Column, Table
from sparkify.warehouse import sql
from sparkify.warehouse.tables import ROLLUPS, RUN_TABLES, STAGING, STAR, VIEWS

HEADER = ("column", "type", "may be NULL", "key", "description")

GROUPS = {
    "Staging": STAGING,
    "Star": STAR,
    "Rollups": ROLLUPS,
    "What runs tell of themselves": RUN_TABLES,
}

INTRODUCTION = """\
# Data dictionary

Written by `python -m sparkify.documentation` from `sql/schema/`: change a description
there, then run it again. The warehouse holds the same descriptions as comments.

Types, distribution and sort keys are Redshift's; the length of a text counts bytes. No
engine enforces the keys: `sql/checks/` checks those of the star.

## The star and its rollup

A line leads from one row to the rows that refer to it.
"""


def write_dictionary(tables: Mapping[str, Table]) -> str:
    """Return the data dictionary, in Markdown.

    Args:
        tables: Every table of the warehouse, by name.
    """
    star = [tables[name] for name in (*STAR, *ROLLUPS)]
    parts = [INTRODUCTION, f"```mermaid\n{draw_tables(star)}\n```\n"]
    for heading, names in GROUPS.items():
        parts.append(f"## {heading}\n")
        parts += [_section(tables[name]) for name in names]
    views = [(f"`{name}`", sql.load(f"views/{name}").comment) for name in VIEWS]
    parts.append(f"## Views\n\n{write_table(('view', 'description'), views)}\n")
    return "\n".join(parts)


def draw_tables(tables: Iterable[Table]) -> str:
    """Return a Mermaid entity-relationship diagram of tables.

    Args:
        tables: The tables, with those that their foreign keys refer to.
    """
    entities = list(tables)
    lines = ["erDiagram"]
    for table in entities:
        lines += [
            f"    {table.name} {{",
            *(f"        {_attribute(column)}" for column in table.columns),
            "    }",
        ]
    for table in entities:
        lines += [f"    {relationship}" for relationship in _relationships(table)]
    return "\n".join(lines)


def _attribute(column: Column) -> str:
    """Return a column as Mermaid wants it: its type in one word, without length."""
    kind = column.type.partition("(")[0].replace(" ", "_")
    marks = ["PK"] * column.is_primary_key + ["FK"] * (column.reference is not None)
    return f"{kind} {column.name} {', '.join(marks)}".rstrip()


def _relationships(table: Table) -> Iterator[str]:
    """Yield the line of each foreign key: one row, or at most one, to any number."""
    for column in table.columns:
        if column.reference:
            one = "|o" if column.is_nullable else "||"
            ends = f"{column.reference.table} {one}--o{{ {table.name}"
            yield f"{ends} : {column.name}"


def _section(table: Table) -> str:
    return "\n".join(
        [
            f"### `{table.name}`\n",
            f"{table.description}\n",
            f"{_layout(table)}\n",
            f"{write_table(HEADER, map(_row, table.columns))}\n",
        ]
    )


def _layout(table: Table) -> str:
    key = f" (`{table.distribution_key}`)" if table.distribution_key else ""
    columns = ", ".join(f"`{column}`" for column in table.sort_key)
    return f"Distribution: {table.distribution}{key}. Sort key: {columns or 'none'}."


def _row(column: Column) -> tuple[str, ...]:
    return (
        f"`{column.name}`",
        column.type,
        "yes" if column.is_nullable else "no",
        ", ".join(_keys(column)),
        column.description,
    )


def _keys(column: Column) -> Iterator[str]:
    if column.is_primary_key:
        yield "PK"
    if column.reference:
        table = column.reference.table
        yield f"FK to [`{table}.{column.reference.column}`](#{table})"
