"""What an UNLOAD statement asks for, as Redshift documents its syntax."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sparkify.rehearsal.redshift.copy_statement import Format
from sparkify.rehearsal.redshift.grants import accept_grant
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.rehearsal.redshift.tokens import Tokens


@dataclass(frozen=True)
class UnloadStatement:
    """An UNLOAD to S3.

    Attributes:
        query: The query, with its quotation marks as they were before UNLOAD's.
        target: The `s3://` prefix of the files' names.
        format: What the files are: Parquet, CSV or delimited text.
        delimiter: Between fields; Redshift's own choice for the format where None.
        null: What is written for a null.
        has_header: Whether each text file begins with the columns' names.
        has_escapes: Whether a backslash goes before what would end a field.
        has_quotes: Whether each field of delimited text is in quotation marks.
        is_gzip: Whether text files are packed.
        is_parallel: Whether each slice writes its own files.
        is_overwriting: Whether files that are there may be replaced.
        has_manifest: Whether a manifest names the files.
        is_verbose: Whether the manifest also tells of rows and columns.
    """

    query: str
    target: str
    format: Format = Format.TEXT
    delimiter: str | None = None
    null: str = ""
    has_header: bool = False
    has_escapes: bool = False
    has_quotes: bool = False
    is_gzip: bool = False
    is_parallel: bool = True
    is_overwriting: bool = False
    has_manifest: bool = False
    is_verbose: bool = False

    @property
    def separator(self) -> str:
        """What stands between two fields."""
        return self.delimiter or ("," if self.format is Format.CSV else "|")


_TEXT_ONLY = {"DELIMITER", "ESCAPE", "ADDQUOTES", "HEADER", "GZIP", "NULL"}


def parse_unload(text: str) -> UnloadStatement:
    """Reads an UNLOAD statement.

    Raises:
        CopyError: It is not one that Redshift takes, or has an option that is not
            taught here.
    """
    tokens = Tokens(text)
    tokens.expect("unload", "(")
    query = tokens.string()
    tokens.expect(")")
    tokens.expect("to")
    statement = UnloadStatement(query, tokens.string())
    if not statement.target.startswith("s3://"):
        raise CopyError(f"UNLOAD to '{statement.target}' is not taught; use s3://")
    options: set[str] = set()
    has_grant = False
    while not tokens.is_at_end:
        if accept_grant(tokens):
            has_grant = True
            continue
        if tokens.accept("format"):
            tokens.accept("as")
        option = tokens.word()
        if option in options:
            raise CopyError(f"conflicting or redundant options: {option}")
        if option not in _OPTIONS:
            raise CopyError(f"UNLOAD option {option} is not taught")
        options.add(option)
        statement = _OPTIONS[option](statement, tokens)
    if not has_grant:
        raise CopyError(
            "UNLOAD needs an authorization to write to S3: give IAM_ROLE, CREDENTIALS "
            "or ACCESS_KEY_ID and SECRET_ACCESS_KEY"
        )
    _check(options)
    return statement


def _check(options: set[str]) -> None:
    if "PARQUET" in options and options & _TEXT_ONLY:
        (option, *_) = sorted(options & _TEXT_ONLY)
        raise CopyError(f"UNLOAD option {option} is not supported with PARQUET")
    if "CSV" in options and options & {"PARQUET", "ESCAPE", "ADDQUOTES"}:
        raise CopyError("UNLOAD options CSV and ESCAPE or ADDQUOTES exclude each other")


def _manifest(statement: UnloadStatement, tokens: Tokens) -> UnloadStatement:
    return replace(statement, has_manifest=True, is_verbose=tokens.accept("verbose"))


def _parallel(statement: UnloadStatement, tokens: Tokens) -> UnloadStatement:
    is_off = tokens.accept("off") or tokens.accept("false")
    if not is_off and not tokens.accept("on"):
        tokens.accept("true")
    return replace(statement, is_parallel=not is_off)


def _delimiter(statement: UnloadStatement, tokens: Tokens) -> UnloadStatement:
    tokens.accept("as")
    return replace(statement, delimiter=tokens.string().replace("\\t", "\t"))


def _null(statement: UnloadStatement, tokens: Tokens) -> UnloadStatement:
    tokens.accept("as")
    return replace(statement, null=tokens.string())


def _region(statement: UnloadStatement, tokens: Tokens) -> UnloadStatement:
    tokens.accept("as")
    tokens.string()  # S3 leads the client to the bucket wherever it is
    return statement


_OPTIONS: dict[str, Callable[[UnloadStatement, Tokens], UnloadStatement]] = {
    "PARQUET": lambda statement, _: replace(statement, format=Format.PARQUET),
    "CSV": lambda statement, _: replace(statement, format=Format.CSV),
    "DELIMITER": _delimiter,
    "NULL": _null,
    "HEADER": lambda statement, _: replace(statement, has_header=True),
    "ESCAPE": lambda statement, _: replace(statement, has_escapes=True),
    "ADDQUOTES": lambda statement, _: replace(statement, has_quotes=True),
    "GZIP": lambda statement, _: replace(statement, is_gzip=True),
    "PARALLEL": _parallel,
    "ALLOWOVERWRITE": lambda statement, _: replace(statement, is_overwriting=True),
    "MANIFEST": _manifest,
    "REGION": _region,
}
