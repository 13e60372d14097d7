"""The COPY statement: its table, its source and its options.

sqlglot parses COPY too, but it takes every two words for an option and its value, such
as `SERIALIZETOJSON manifest`, and accepts IAM_ROLE without a role. So the statement is
read token by token here.

https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from sqlglot import Token, TokenType

from sparkify.rehearsal.redshift import tokens
from sparkify.rehearsal.redshift.backend import identifier
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.s3 import SCHEME, is_s3

ROLE = re.compile(r"arn:aws(-[a-z-]+)?:iam::\d{12}:role/[\w+=,.@/-]+")
OPTIONS = {"PARQUET", "MANIFEST", "SERIALIZETOJSON", "STATUPDATE"}
OTHER_FORMATS = {"AVRO", "CSV", "FIXEDWIDTH", "JSON", "ORC", "SHAPEFILE"}
SWITCHES = ("ON", "OFF", "TRUE", "FALSE")
USE_PARQUET = "is not supported by the emulator; use FORMAT AS PARQUET"


class Column(NamedTuple):
    """A table's column, with its type as PostgreSQL writes it."""

    name: str
    type_name: str


@dataclass(frozen=True)
class CopyStatement:
    """A COPY of Parquet from S3.

    Attributes:
        table: The table, after its schema where the statement names one.
        columns: The column list; empty for all columns of the table.
        source: The `s3://` address of a manifest or of a key prefix.
        is_manifest: Whether the source is a manifest.
        role: The ARN of the role that reads it, the last of a chain; or `default`.
    """

    table: tuple[str, ...]
    columns: tuple[str, ...]
    source: str
    is_manifest: bool
    role: str

    @property
    def quoted_table(self) -> str:
        """The table as SQL."""
        return ".".join(map(identifier, self.table))

    def select_columns(self, declared: Sequence[Column]) -> list[Column]:
        """Return the columns that are loaded, in the order of the files' columns.

        Args:
            declared: The table's columns.

        Raises:
            CopyError: The table lacks a column of the column list.
        """
        found = {column.name: column for column in declared}
        for name in self.columns:
            if name not in found:
                table = ".".join(self.table)
                raise CopyError(f'column "{name}" of relation "{table}" does not exist')
        return [found[name] for name in self.columns] or list(declared)


def parse_copy(text: str) -> CopyStatement:
    """Read a COPY statement.

    Raises:
        CopyError: Redshift refuses the statement, or the emulator does not support one
            of its options. No option is ignored silently.
    """
    cursor = _Cursor(text)
    cursor.expect("COPY")
    table = _names(cursor, ".")
    columns: tuple[str, ...] = ()
    if cursor.accept("("):
        columns = _names(cursor, ",")
        cursor.expect(")")
    cursor.expect("FROM")
    source = cursor.string()
    if not is_s3(source):
        raise CopyError(
            f"COPY from '{source}' is not supported by the emulator; use {SCHEME}"
        )
    options: set[str] = set()
    role = ""
    while not cursor.is_at_end:
        option, named = _option(cursor)
        role = named or role
        if option in options:
            raise CopyError(f"conflicting or redundant options: {option}")
        options.add(option)
    if "IAM_ROLE" not in options:
        raise CopyError("COPY needs an authorization to read from S3; give IAM_ROLE")
    if "PARQUET" not in options:
        raise CopyError(f"COPY of delimited text {USE_PARQUET}")
    return CopyStatement(table, columns, source, "MANIFEST" in options, role)


class _Cursor:
    """A position in a statement's tokens, which moves to their end."""

    def __init__(self, text: str) -> None:
        found = tokens.tokenize(text)
        while found and found[-1].token_type is TokenType.SEMICOLON:
            found.pop()
        self._tokens = found
        self._position = 0

    @property
    def is_at_end(self) -> bool:
        """Whether all tokens have been read."""
        return self._position == len(self._tokens)

    def accept(self, *keywords: str) -> bool:
        """Read a run of keywords or marks, if it comes next."""
        end = self._position + len(keywords)
        coming = tuple(map(tokens.keyword, self._tokens[self._position : end]))
        if coming != keywords:
            return False
        self._position = end
        return True

    def expect(self, keyword: str) -> None:
        """Read a keyword or mark that must come next."""
        if not self.accept(keyword):
            self.refuse()

    def word(self) -> str:
        """Read any keyword, in capitals."""
        if self.is_at_end or not tokens.keyword(self._next).isidentifier():
            self.refuse()
        return tokens.keyword(self._take())

    def string(self) -> str:
        """Read a string."""
        if self.is_at_end or self._next.token_type is not TokenType.STRING:
            self.refuse()
        return self._take().text

    def name(self) -> str:
        """Read a name, in lower case: Redshift folds names in quotes too."""
        if not self.is_at_end and self._next.token_type is TokenType.IDENTIFIER:
            return self._take().text.lower()
        return self.word().lower()

    def refuse(self) -> NoReturn:
        """Raise the syntax error of the next token."""
        if self.is_at_end:
            raise CopyError("syntax error at end of input")
        raise CopyError(f'syntax error at or near "{self._next.text}"')

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        self._position += 1
        return self._tokens[self._position - 1]


def _names(cursor: _Cursor, separator: str) -> tuple[str, ...]:
    names = [cursor.name()]
    while cursor.accept(separator):
        names.append(cursor.name())
    return tuple(names)


def _option(cursor: _Cursor) -> tuple[str, str]:
    """Read an option with its value; return it, and the role if it names one."""
    if cursor.accept("IAM_ROLE"):
        if cursor.accept("DEFAULT"):
            return "IAM_ROLE", "default"
        return "IAM_ROLE", _last_role(cursor.string())
    if cursor.accept("WITH", "CREDENTIALS") or cursor.accept("CREDENTIALS"):
        cursor.accept("AS")
        return "IAM_ROLE", _role_of_credentials(cursor.string())
    if cursor.accept("FORMAT"):
        cursor.accept("AS")
    option = cursor.word()
    if option in OTHER_FORMATS:
        raise CopyError(f"COPY of {option} {USE_PARQUET}")
    if option not in OPTIONS:
        raise CopyError(f"COPY option {option} is not supported by the emulator")
    if option == "STATUPDATE":
        any(cursor.accept(switch) for switch in SWITCHES)
    return option, ""


def _role_of_credentials(text: str) -> str:
    """Return the role of `aws_iam_role=...`, which Spark's connector sends."""
    key, _, roles = text.partition("=")
    if key != "aws_iam_role":
        raise CopyError(
            "credentials other than 'aws_iam_role=...' are not supported by the "
            "emulator; use IAM_ROLE"
        )
    return _last_role(roles)


def _last_role(text: str) -> str:
    """Return a role, or the last of a chain of roles between commas."""
    roles = text.split(",")
    for role in roles:
        if not ROLE.fullmatch(role):
            raise CopyError(f"Invalid IAM role '{role}': it is not the ARN of a role")
    return roles[-1]
