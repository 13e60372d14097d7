"""The tokens of Redshift's SQL, from sqlglot's tokenizer."""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import Token, TokenError, TokenType
from sqlglot.dialects.redshift import Redshift
from sqlglot.parsers.redshift import RedshiftParser

QUOTED = {
    TokenType.STRING,
    TokenType.RAW_STRING,
    TokenType.BYTE_STRING,
    TokenType.NATIONAL_STRING,
    TokenType.UNICODE_STRING,
    TokenType.IDENTIFIER,
}


class EmulatorDialect(Redshift):
    """Redshift's dialect with what drivers send: `$1` stands for a bound value.

    sqlglot's own Redshift dialect differs in two points. It takes `$1,$2` for the start
    of a string in dollar quotes with the tag `1,`. So only `$$` quotes here, and tags
    such as `$body$` are not supported. It also keeps all that follows UNLOAD, VACUUM,
    EXPLAIN or SHOW as one string, which is split into tokens here.

    PostgreSQL has some functions as Redshift has them; sqlglot would change their
    formats and names, so they are kept as they are written.
    """

    class Parser(RedshiftParser):
        """The dialect's parser."""

        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {
            name: build
            for name, build in RedshiftParser.FUNCTIONS.items()
            if name not in ("REGEXP_SUBSTR", "TO_CHAR", "TO_DATE", "TO_TIMESTAMP")
        }

        def _warn_unsupported(self) -> None:
            """Say nothing of a statement that is kept as text: PostgreSQL answers."""

    class Tokenizer(Redshift.Tokenizer):
        """The dialect's tokenizer."""

        HEREDOC_STRINGS: ClassVar[list[str | tuple[str, str]]] = []
        RAW_STRINGS: ClassVar[list[str | tuple[str, str]]] = ["$$"]
        STRING_ESCAPES_ALLOWED_IN_RAW_STRINGS = False
        SINGLE_TOKENS: ClassVar[dict[str, TokenType]] = {
            **Redshift.Tokenizer.SINGLE_TOKENS,
            "$": TokenType.PARAMETER,
        }
        COMMANDS: ClassVar[set[TokenType]] = set()


class StatementError(Exception):
    """A statement that is refused before PostgreSQL sees it.

    Attributes:
        code: The SQLSTATE.
        details: Redshift's details (`error_details`); empty where it gives none.
    """

    def __init__(self, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.details = details


def tokenize(sql: str) -> list[Token]:
    """Split a text into its tokens, without blanks and comments.

    Raises:
        StatementError: A quotation or a comment has no end.
    """
    try:
        return EmulatorDialect().tokenize(sql)
    except TokenError as error:
        raise StatementError("42601", f"syntax error: {error}") from error


def keyword(token: Token) -> str:
    """Return a word or a mark in capitals; an empty text for whatever is quoted."""
    return "" if token.token_type in QUOTED else token.text.upper()


def name(token: Token) -> str:
    """Return the name that a token stands for; only quotes keep capitals."""
    return token.text if token.token_type in QUOTED else token.text.lower()


def source(sql: str, *tokens: Token) -> str:
    """Return the text from the first to the last of some tokens, as it was written."""
    return sql[tokens[0].start : tokens[-1].end + 1] if tokens else ""


def split_statements(sql: str) -> list[str]:
    """Split a text into its statements, without the semicolons.

    Raises:
        StatementError: A quotation or a comment has no end.
    """
    statements: list[str] = []
    start, has_tokens = 0, False
    for token in tokenize(sql):
        if token.token_type is TokenType.SEMICOLON:
            if has_tokens:
                statements.append(sql[start : token.start])
            start, has_tokens = token.end + 1, False
        else:
            has_tokens = True
    return [*statements, sql[start:]] if has_tokens else statements
