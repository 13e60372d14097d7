"""Tables in Markdown, as GitHub renders them, and the places that hold them."""

from collections.abc import Iterable, Sequence

from sparkify.errors import SparkifyError


def fill(document: str, text: str, start: str, end: str, table: str) -> str:
    """Return a document with a table between its markers.

    Args:
        document: The document's name, for the error.
        text: The document; what it has between the markers is replaced.
        start: The marker before the table.
        end: The marker after it.
        table: The table.

    Raises:
        SparkifyError: A marker is missing, is there twice, or they are in wrong order.
    """
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    if [text.count(start), rest.count(end), text.count(end)] != [1, 1, 1]:
        raise SparkifyError(
            f"{document} must have '{start}' once and '{end}' once after it; put them "
            "around the table"
        )
    return f"{before}{start}\n{table}\n{end}{after}"


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    Args:
        header: The names of the columns.
        rows: The cells of each row, in Markdown; a `|` in them is escaped.
    """
    lines = [_line(header), "|" + "---|" * len(header), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"
