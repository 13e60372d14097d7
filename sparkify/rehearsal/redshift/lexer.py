"""Takes SQL texts apart: statements, words, placeholders.

Nothing here knows a statement's grammar; quotes, comments and brackets suffice.
"""

import re
from dataclasses import dataclass

# In this order: what hides everything within, then words, then any other character.
TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^'\\]|''|\\.)*')
    |(?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
    |(?P<word>"(?:[^"]|"")*"|[A-Za-z_\x80-\U0010ffff][\w$]*)
    |(?P<parameter>\$\d+)
    |(?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A piece of SQL that is no blank and no comment.

    Attributes:
        kind: `text`, `dollar`, `word`, `parameter` or `other` (one character).
        text: As it stands.
        start: Where it begins.
        end: Where the next character is.
        depth: In how many round brackets it stands; a bracket counts as outside.
    """

    kind: str
    text: str
    start: int
    end: int
    depth: int

    @property
    def keyword(self) -> str:
        """The word in capitals, which a quoted name never is."""
        return self.text.upper() if self.kind == "word" else self.text

    @property
    def name(self) -> str:
        """The word as the name that it stands for."""
        if self.text.startswith('"'):
            return self.text[1:-1].replace('""', '"')
        return self.text.lower()


def tokens(sql: str) -> list[Token]:
    """Gives the tokens of a text."""
    found, depth = [], 0
    for match in TOKEN.finditer(sql):
        # `tag` is named after the group that holds it.
        kind = "dollar" if match.lastgroup == "tag" else match.lastgroup
        if kind is None or kind == "blank":
            continue
        value = match.group()
        depth -= value == ")"
        found.append(Token(kind, value, match.start(), match.end(), depth))
        depth += value == "("
    return found


def statements(sql: str) -> list[str]:
    """Splits a text into its statements, without what ends them."""
    found, start, has_tokens = [], 0, False
    for token in tokens(sql):
        if token.text == ";":
            if has_tokens:
                found.append(sql[start : token.start])
            start, has_tokens = token.end, False
        else:
            has_tokens = True
    if has_tokens:
        found.append(sql[start:])
    return found


def keywords(sql: str, count: int = 2) -> tuple[str, ...]:
    """Gives a statement's first words in capitals."""
    return tuple(token.keyword for token in tokens(sql)[:count])


def without(sql: str, spans: list[tuple[int, int]]) -> str:
    """Takes pieces, each from a start to an end, out of a text."""
    kept, position = [], 0
    for start, end in sorted(spans):
        kept.append(sql[position:start])
        position = end
    return "".join([*kept, sql[position:]])


def replaced(sql: str, kind: str, pattern: str, replacement: str) -> str:
    """Gives the text with a pattern replaced within tokens of one kind only."""
    kept, position = [], 0
    for token in tokens(sql):
        if token.kind == kind:
            kept += [
                sql[position : token.start],
                re.sub(pattern, replacement, token.text),
            ]
            position = token.end
    return "".join([*kept, sql[position:]])
