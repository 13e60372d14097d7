"""The words of a COPY or UNLOAD statement, read one after the other."""

import re
from typing import NoReturn

from sparkify.rehearsal.redshift.load_errors import CopyError

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|''|\\.)*')
    |(?P<quoted>"(?:[^"]|"")*")
    |(?P<word>\w[\w$]*)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_$]*")


class Tokens:
    """A statement's tokens, taken from its start to its end."""

    def __init__(self, text: str) -> None:
        found = ((match.lastgroup, match[0]) for match in _TOKEN.finditer(text))
        self._tokens = [token for token in found if token[0] != "blank"]
        while self._tokens and self._tokens[-1][1] == ";":
            self._tokens.pop()
        self._next = 0

    @property
    def is_at_end(self) -> bool:
        """Whether all has been taken."""
        return self._next == len(self._tokens)

    def accept(self, *words: str) -> bool:
        """Takes a run of keywords or marks if it comes next."""
        coming = self._tokens[self._next : self._next + len(words)]
        texts = [text.lower() for kind, text in coming if kind in ("word", "mark")]
        if texts != [word.lower() for word in words]:
            return False
        self._next += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Takes a run of keywords or marks that must come next."""
        if not self.accept(*words):
            self.refuse()

    def word(self) -> str:
        """Takes a keyword, in capitals."""
        if self._kind() != "word":
            self.refuse()
        return self._take().upper()

    def number(self) -> int:
        """Takes a whole number."""
        if self.is_at_end or not self._tokens[self._next][1].isdecimal():
            self.refuse()
        return int(self._take())

    def has_string(self) -> bool:
        """Whether a text in quotation marks comes next."""
        return self._kind() == "string"

    def string(self) -> str:
        r"""Takes a text; a quotation mark in it is doubled or has a backslash.

        A backslash before anything else stays, so that `'\N'` and `'\\N'` both mean
        what the documentation writes for a null.
        """
        if not self.has_string():
            self.refuse()
        return re.sub(r"''|\\'|\\\\", lambda found: found[0][1], self._take()[1:-1])

    def name(self) -> str:
        """Takes an identifier, in lower case: Redshift folds quoted ones as well."""
        if self._kind() == "quoted":
            return self._take()[1:-1].replace('""', '"').lower()
        return self.word().lower()

    def refuse(self) -> NoReturn:
        """Raises the syntax error at the token that comes next."""
        if self.is_at_end:
            raise CopyError("syntax error at end of input")
        raise CopyError(f'syntax error at or near "{self._tokens[self._next][1]}"')

    def _kind(self) -> str | None:
        return None if self.is_at_end else self._tokens[self._next][0]

    def _take(self) -> str:
        self._next += 1
        return self._tokens[self._next - 1][1]


def quote_name(name: str) -> str:
    """Writes an identifier as SQL, in quotation marks where it needs them."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return '"' + name.replace('"', '""') + '"'
