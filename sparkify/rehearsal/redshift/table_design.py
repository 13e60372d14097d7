"""The parts of CREATE TABLE that only Redshift has: where rows lie and in which order.

They are taken out of the statement and travel along in a comment, which a trigger
(`catalog`) notes down once the table is there.
"""

import json
from dataclasses import dataclass, field

from sparkify.rehearsal.redshift.lexer import Token, tokens, without

MARK = "redshift table "


@dataclass
class TableDesign:
    """How Redshift would lay a table out.

    Attributes:
        table: Its name, without a schema.
        style: As `svv_table_info` writes it, such as `KEY(song_id)`.
        key: The column that distributes the rows.
        sort_key: The columns that sort them; `AUTO(SORTKEY)` alone where Redshift may
            choose.
    """

    table: str = ""
    style: str = ""
    key: str | None = None
    sort_key: list[str] = field(default_factory=list)

    def comment(self) -> str:
        """Gives the comment that travels along."""
        style = f"KEY({self.key})" if self.key else self.style or "AUTO(ALL)"
        design = {
            "table": self.table,
            "style": style,
            "key": self.key,
            "sort_key": self.sort_key,
        }
        # Neither an end of the comment nor a quote may come from a name.
        return "/*" + MARK + json.dumps(design).replace("/", "\\u002f") + "*/"


def take_out(sql: str) -> tuple[str, TableDesign]:
    """Takes the design out of a CREATE TABLE.

    Args:
        sql: One statement.

    Returns:
        What PostgreSQL knows of it, and the design.
    """
    words = tokens(sql)
    design = TableDesign(table=_table(words))
    spans = []
    position = 0
    while position < len(words):
        length = _attribute(words, position, design)
        if length:
            spans.append((words[position].start, words[position + length - 1].end))
        position += max(length, 1)
    return without(sql, spans), design


def _table(words: list[Token]) -> str:
    """Finds the table's name: after TABLE, IF NOT EXISTS and the schema."""
    start = next((i for i, word in enumerate(words) if word.keyword == "TABLE"), 0) + 1
    while start < len(words) and words[start].keyword in ("IF", "NOT", "EXISTS"):
        start += 1
    while start + 2 < len(words) and words[start + 1].text == ".":
        start += 2
    return words[start].name if start < len(words) else ""


def _attribute(words: list[Token], position: int, design: TableDesign) -> int:
    """Notes the attribute that begins at a token; gives its tokens, 0 for none."""
    word = words[position]
    is_table = word.depth == 0
    # The first word within brackets, or after a comma, names a column.
    if word.kind != "word" or (
        word.depth == 1 and words[position - 1].text in ("(", ",")
    ):
        return 0
    following = words[position + 1] if position + 1 < len(words) else None
    match word.keyword:
        case "DISTSTYLE" if is_table and following:
            style = following.keyword
            design.style = "AUTO(ALL)" if style == "AUTO" else style
            return 2
        case "DISTKEY" if is_table:
            names, length = _columns(words, position + 1)
            design.key = names[0] if names else None
            return 1 + length
        case "DISTKEY" if word.depth == 1:
            design.key = _column(words, position)
            return 1
        case "COMPOUND" | "INTERLEAVED" if following and is_table:
            if following.keyword == "SORTKEY":
                return 1 + _attribute(words, position + 1, design)
        case "SORTKEY" if is_table and following and following.keyword == "AUTO":
            design.sort_key = ["AUTO(SORTKEY)"]
            return 2
        case "SORTKEY" if is_table:
            design.sort_key, length = _columns(words, position + 1)
            return 1 + length
        case "SORTKEY" if word.depth == 1:
            design.sort_key.append(_column(words, position))
            return 1
        case "ENCODE" if following:
            return 2
        case "BACKUP" if is_table and following:
            return 2
    return 0


def _columns(words: list[Token], position: int) -> tuple[list[str], int]:
    """Reads names in brackets; gives them and how many tokens they take."""
    if position >= len(words) or words[position].text != "(":
        return [], 0
    names: list[str] = []
    for length, word in enumerate(words[position:], start=1):
        if word.text == ")":
            return names, length
        if word.kind == "word":
            names.append(word.name)
    return [], 0


def _column(words: list[Token], position: int) -> str:
    """Finds the column in whose definition a token stands."""
    while words[position - 1].text != "," or words[position - 1].depth != 1:
        position -= 1
        if words[position - 1].text == "(" and words[position - 1].depth == 0:
            break
    return words[position].name
