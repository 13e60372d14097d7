"""The parts of CREATE TABLE that only Redshift has: distribution and sort keys.

They are cut out of the statement and sent along in a comment, which a trigger
(`catalog`) stores once the table exists. sqlglot's parser accepts neither keys in a
column's definition nor `sortkey auto`, so the parts are found by their tokens.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from sparkify.rehearsal.redshift.tokens import keyword, name, tokenize

MARK = "redshift table "


@dataclass
class TableDesign:
    """How Redshift would distribute and sort a table's rows.

    Attributes:
        table: Its name, without a schema.
        style: The distribution as `svv_table_info` writes it, such as `ALL`.
        key: The column that distributes the rows.
        sort_key: The columns that sort them; `AUTO(SORTKEY)` alone where Redshift may
            choose.
    """

    table: str = ""
    style: str = ""
    key: str | None = None
    sort_key: list[str] = field(default_factory=list)

    def comment(self) -> str:
        """Return the comment that is sent along."""
        style = f"KEY({self.key})" if self.key else self.style or "AUTO(ALL)"
        design = {
            "table": self.table,
            "style": style,
            "key": self.key,
            "sort_key": self.sort_key,
        }
        # No name may end the comment.
        return "/*" + MARK + json.dumps(design).replace("/", "\\u002f") + "*/"


class Word(NamedTuple):
    """A token of the statement.

    Attributes:
        keyword: The token in capitals; empty for whatever is quoted.
        name: The name that it stands for.
        depth: The number of round brackets around it, without the token itself.
        start: Where it begins.
        end: Where the next character is.
    """

    keyword: str
    name: str
    depth: int
    start: int
    end: int


def extract(sql: str) -> tuple[str, TableDesign]:
    """Cut the design out of a CREATE TABLE.

    Args:
        sql: One statement.

    Returns:
        What PostgreSQL knows of it, and the design.
    """
    words = list(_words(sql))
    design = TableDesign(table=_table(words))
    kept: list[str] = []
    position = kept_to = 0
    while position < len(words):
        attribute = words[position:][: _attribute(words, position, design)]
        if attribute:
            kept.append(sql[kept_to : attribute[0].start])
            kept_to = attribute[-1].end
        position += len(attribute) or 1
    return "".join([*kept, sql[kept_to:]]), design


def _words(sql: str) -> Iterator[Word]:
    depth = 0
    for token in tokenize(sql):
        text = keyword(token)
        depth -= text == ")"
        yield Word(text, name(token), depth, token.start, token.end + 1)
        depth += text == "("


def _table(words: Sequence[Word]) -> str:
    """Find the table's name: after TABLE, IF NOT EXISTS and the schema."""
    keywords = [word.keyword for word in words]
    start = keywords.index("TABLE") + 1
    while keywords[start : start + 1] and keywords[start] in ("IF", "NOT", "EXISTS"):
        start += 1
    while keywords[start + 1 : start + 2] == ["."]:
        start += 2
    return words[start].name if start < len(words) else ""


def _attribute(words: Sequence[Word], position: int, design: TableDesign) -> int:
    """Record the attribute that begins at a word; return its length, 0 for none."""
    word = words[position]
    following = words[position + 1].keyword if position + 1 < len(words) else ""
    # The first word in brackets, or after a comma, is a column's name.
    if word.depth == 1 and words[position - 1].keyword in ("(", ","):
        return 0
    match word.depth, word.keyword, following:
        case 0, "DISTSTYLE", _:
            design.style = "AUTO(ALL)" if following == "AUTO" else following
            return 2
        case 0, "DISTKEY", "(":
            names = _names(words[position + 2 :])
            design.key = names[0] if names else None
            return 2 * len(names) + 2
        case 0, "COMPOUND" | "INTERLEAVED", "SORTKEY":
            return 1 + _attribute(words, position + 1, design)
        case 0, "SORTKEY", "AUTO":
            design.sort_key = ["AUTO(SORTKEY)"]
            return 2
        case 0, "SORTKEY", "(":
            design.sort_key = _names(words[position + 2 :])
            return 2 * len(design.sort_key) + 2
        case 1, "DISTKEY", _:
            design.key = _column(words, position)
            return 1
        case 1, "SORTKEY", _:
            design.sort_key.append(_column(words, position))
            return 1
        case (0, "BACKUP", _) | (_, "ENCODE", _):
            return 2
    return 0


def _names(words: Sequence[Word]) -> list[str]:
    """Read names between commas, up to the bracket."""
    names = takewhile(lambda word: word.keyword != ")", words)
    return [word.name for word in names if word.keyword != ","]


def _column(words: Sequence[Word], position: int) -> str:
    """Find the column whose definition contains a word."""
    starts = ((",", 1), ("(", 0))
    while (words[position - 1].keyword, words[position - 1].depth) not in starts:
        position -= 1
    return words[position].name
