"""What a COPY statement asks for, as Redshift documents its syntax."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from sparkify.rehearsal.redshift.grants import accept_grant
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.rehearsal.redshift.tokens import Tokens, quote_name


class Format(Enum):
    """How the objects hold their rows."""

    PARQUET = "PARQUET"
    CSV = "CSV"
    JSON = "JSON"
    TEXT = "delimited text"


@dataclass(frozen=True)
class TextOptions:
    """How the fields of a text object are read.

    Attributes:
        delimiter: Between fields; Redshift's own choice for the format where None.
        quote: Around a field of CSV.
        null: The field that is a null.
        skipped_lines: Lines at the start of each object that are no rows.
        has_escapes: Whether a backslash takes the meaning from what follows it.
        is_empty_null: Whether an empty text is a null; other types always are.
        is_blank_null: Whether a text of white space is a null.
        is_trimmed: Whether white space at the end of a text goes.
        is_cut: Whether a text that is too long is cut to the column's bytes.
        replacement: Stands for each invalid byte of UTF-8; refused where None.
        errors_allowed: The load fails at this number of errors.
    """

    delimiter: str | None = None
    quote: str = '"'
    null: str = "\\N"
    skipped_lines: int = 0
    has_escapes: bool = False
    is_empty_null: bool = False
    is_blank_null: bool = False
    is_trimmed: bool = False
    is_cut: bool = False
    replacement: str | None = None
    errors_allowed: int = 1


@dataclass(frozen=True)
class CopyStatement:
    """A COPY from S3.

    Attributes:
        table: The table as SQL, with its schema where the statement names one.
        columns: The column list; empty for all columns of the table.
        source: The `s3://` address of a key prefix or of a manifest.
        format: What the objects are.
        text: How a text object is read.
        is_manifest: Whether the source is a manifest.
        is_gzip: Whether the objects are packed.
        region: The bucket's region, where the statement names it.
    """

    table: str
    columns: tuple[str, ...]
    source: str
    format: Format = Format.TEXT
    text: TextOptions = TextOptions()
    is_manifest: bool = False
    is_gzip: bool = False
    region: str | None = None


# What Redshift takes besides the grant when it loads Parquet.
PARQUET_OPTIONS = {"PARQUET", "MANIFEST", "STATUPDATE", "SERIALIZETOJSON"}
SWITCHES = {"ON", "OFF", "TRUE", "FALSE", "PRESET"}


def parse_copy(text: str) -> CopyStatement:
    """Reads a COPY statement.

    Raises:
        CopyError: It is not one that Redshift takes, or has an option that is not
            taught here: none is ever passed over.
    """
    tokens = Tokens(text)
    tokens.expect("copy")
    table = _table(tokens)
    columns = _columns(tokens)
    tokens.expect("from")
    statement = CopyStatement(table, columns, tokens.string())
    if not statement.source.startswith("s3://"):
        raise CopyError(f"COPY from '{statement.source}' is not taught; use s3://")
    return _with_options(statement, tokens)


def _table(tokens: Tokens) -> str:
    names = [tokens.name()]
    while tokens.accept("."):
        names.append(tokens.name())
    return ".".join(quote_name(name) for name in names)


def _columns(tokens: Tokens) -> tuple[str, ...]:
    if not tokens.accept("("):
        return ()
    names = [tokens.name()]
    while tokens.accept(","):
        names.append(tokens.name())
    tokens.expect(")")
    return tuple(names)


def _with_options(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    options: set[str] = set()
    has_grant = False
    while not tokens.is_at_end:
        if accept_grant(tokens):
            if has_grant:
                raise CopyError("conflicting or redundant credentials")
            has_grant = True
            continue
        if tokens.accept("format"):
            tokens.accept("as")
        option = tokens.word()
        if option in options:
            raise CopyError(f"conflicting or redundant options: {option}")
        if option not in _OPTIONS:
            raise CopyError(f"COPY option {option} is not taught")
        options.add(option)
        statement = _OPTIONS[option](statement, tokens)
    if not has_grant:
        raise CopyError(
            "COPY needs an authorization to read S3: give IAM_ROLE, CREDENTIALS or "
            "ACCESS_KEY_ID and SECRET_ACCESS_KEY"
        )
    if len(options & {"PARQUET", "CSV", "JSON"}) > 1:
        raise CopyError("conflicting or redundant options: more than one format")
    if statement.format is Format.PARQUET:
        for option in sorted(options - PARQUET_OPTIONS):
            raise CopyError(
                f"{option} argument is not supported for PARQUET based COPY"
            )
    elif "SERIALIZETOJSON" in options:
        raise CopyError("SERIALIZETOJSON is only supported for ORC/PARQUET formats")
    return statement


def _csv(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    statement = replace(statement, format=Format.CSV)
    if tokens.accept("quote"):
        return _text(statement, quote=_string(tokens))
    return statement


def _json(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    paths = _string(tokens)
    if paths != "auto":
        raise CopyError(f"COPY option JSON '{paths}' is not taught; use JSON 'auto'")
    return replace(statement, format=Format.JSON)


def _avro(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    raise CopyError("COPY option AVRO is not taught; use PARQUET or CSV")


def _automatic(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    form = _string(tokens)
    if form.lower() != "auto":
        raise CopyError(f"the date or time format '{form}' is not taught; use 'auto'")
    return statement


def _encoding(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    tokens.accept("as")
    name = tokens.string() if tokens.has_string() else tokens.word()
    if name.upper() != "UTF8":
        raise CopyError(f"the encoding {name} is not taught; use UTF8")
    return statement


def _invalid(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    tokens.accept("as")
    return _text(statement, replacement=tokens.string() if tokens.has_string() else "?")


def _switch(statement: CopyStatement, tokens: Tokens) -> CopyStatement:
    """Takes what only changes speed: statistics and compression."""
    for word in SWITCHES:
        if tokens.accept(word):
            break
    return statement


def _string(tokens: Tokens) -> str:
    tokens.accept("as")
    return tokens.string()


def _number(tokens: Tokens) -> int:
    tokens.accept("as")
    return tokens.number()


def _text(statement: CopyStatement, **changes: object) -> CopyStatement:
    return replace(statement, text=replace(statement.text, **changes))  # type: ignore[arg-type]


def _flag(name: str) -> Callable[[CopyStatement, Tokens], CopyStatement]:
    return lambda statement, tokens: _text(statement, **{name: True})


_OPTIONS: dict[str, Callable[[CopyStatement, Tokens], CopyStatement]] = {
    "PARQUET": lambda statement, _: replace(statement, format=Format.PARQUET),
    "CSV": _csv,
    "JSON": _json,
    "AVRO": _avro,
    "MANIFEST": lambda statement, _: replace(statement, is_manifest=True),
    "GZIP": lambda statement, _: replace(statement, is_gzip=True),
    "SERIALIZETOJSON": lambda statement, _: statement,
    "REGION": lambda statement, tokens: replace(statement, region=_string(tokens)),
    "DELIMITER": lambda statement, tokens: _text(
        statement, delimiter=_string(tokens).replace("\\t", "\t")
    ),
    "NULL": lambda statement, tokens: _text(statement, null=_string(tokens)),
    "IGNOREHEADER": lambda statement, tokens: _text(
        statement, skipped_lines=_number(tokens)
    ),
    "MAXERROR": lambda statement, tokens: _text(
        statement, errors_allowed=max(1, _number(tokens))
    ),
    "ESCAPE": _flag("has_escapes"),
    "EMPTYASNULL": _flag("is_empty_null"),
    "BLANKSASNULL": _flag("is_blank_null"),
    "TRIMBLANKS": _flag("is_trimmed"),
    "TRUNCATECOLUMNS": _flag("is_cut"),
    "ACCEPTINVCHARS": _invalid,
    "ENCODING": _encoding,
    "DATEFORMAT": _automatic,
    "TIMEFORMAT": _automatic,
    "STATUPDATE": _switch,
    "COMPUPDATE": _switch,
}
