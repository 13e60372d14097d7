"""The translation of a statement for Redshift into one for PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import Token, TokenType

from sparkify.rehearsal.redshift import expressions, table_design
from sparkify.rehearsal.redshift.tokens import (
    StatementError,
    keyword,
    name,
    source,
    tokenize,
)

NOT_SUPPORTED = "0A000"

# Does nothing, but fails like any statement if its transaction has failed.
NOTHING = "do 'begin end'"

RENDERED = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "(", "CREATE"}
UNRENDERED_OBJECTS = {"FUNCTION", "PROCEDURE", "SCHEMA", "DATABASE", "ROLE", "LIBRARY"}
VACUUM_MODES = {"FULL", "SORT", "DELETE", "REINDEX", "RECLUSTER", "ONLY"}

# Settings that only Redshift has; PostgreSQL keeps any with a prefix.
SETTINGS = {
    "analyze_threshold_percent",
    "describe_field_name_in_uppercase",
    "enable_case_sensitive_identifier",
    "enable_result_cache_for_session",
    "query_group",
    "wlm_query_slot_count",
}


@dataclass(frozen=True)
class Translation:
    """A statement as PostgreSQL gets it.

    Attributes:
        text: The statement.
        copy: A COPY as the client sent it, which the emulator executes while
            PostgreSQL gets a text that does nothing; None for any other statement.
    """

    text: str
    copy: str | None = None


def translate(sql: str) -> Translation:
    """Translate one statement for Redshift.

    A text that sqlglot cannot parse stays as it is; PostgreSQL answers it.

    Args:
        sql: The statement; its values are bound as `$1`.

    Raises:
        StatementError: The statement is not supported, or a quotation has no end.
    """
    words = tokenize(sql)
    verbs = [keyword(word) for word in words]
    if verbs[:1] == ["UNLOAD"]:
        raise StatementError(
            NOT_SUPPORTED, "UNLOAD is not supported by the emulator; use a query"
        )
    if verbs[:1] == ["COPY"]:
        # PostgreSQL would wait for rows from the client.
        if "STDIN" in verbs or "STDOUT" in verbs:
            refusal = "COPY FROM STDIN is not supported by the emulator; use s3://"
            raise StatementError(NOT_SUPPORTED, refusal)
        return Translation(NOTHING, copy=sql)
    return Translation(_translate(sql, words, verbs))


def _translate(sql: str, words: Sequence[Token], verbs: Sequence[str]) -> str:
    match verbs:
        case ["SET" | "RESET" | "SHOW", *_]:
            return _setting(sql, words)
        case ["CREATE", "USER", _, *options]:
            rights = " superuser" * ("CREATEUSER" in options)
            return f"create role {source(sql, words[2])} login{rights}"
        case ["VACUUM" | "ANALYZE", *_]:
            return _maintenance(sql, words, verbs)
        case ["EXPLAIN", _, *_]:
            return "explain " + translate(sql[words[1].start :]).text
        case ["CREATE", *_] if UNRENDERED_OBJECTS & set(verbs[1:3]):
            return sql
    if not verbs or verbs[0] not in RENDERED or _reads_catalog(words):
        return sql
    if verbs[0] == "CREATE" and "TABLE" in verbs[:4]:
        plain, design = table_design.extract(sql)
        return design.comment() + expressions.render(plain)
    return expressions.render(sql)


def _setting(sql: str, words: Sequence[Token]) -> str:
    """Give Redshift's own settings the prefix with which PostgreSQL keeps them."""
    for word in words[1:3]:
        if name(word) in SETTINGS:
            return f"{sql[: word.start]}redshift.{sql[word.start :]}"
    return sql


def _maintenance(sql: str, words: Sequence[Token], verbs: Sequence[str]) -> str:
    """Keep the verb and the table: `sort only`, `to 99 percent` are Redshift's."""
    start = 1
    while start < len(verbs) and verbs[start] in VACUUM_MODES:
        start += 1
    end = start + 1
    while verbs[end : end + 1] == ["."]:
        end += 2
    return f"{verbs[0]} {source(sql, *words[start:end])}".rstrip()


def _reads_catalog(words: Sequence[Token]) -> bool:
    """Find PostgreSQL's own tables, which are queried in PostgreSQL's own SQL."""
    names = [
        name(word) if word.token_type in (TokenType.VAR, TokenType.IDENTIFIER) else ""
        for word in words
    ]
    followers = [word.token_type for word in words[1:]] + [None]
    return any(
        found == "information_schema"
        or (found.startswith("pg_") and follower is not TokenType.L_PAREN)
        for found, follower in zip(names, followers, strict=True)
    )
