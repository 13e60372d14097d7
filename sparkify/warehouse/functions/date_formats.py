"""Redshift's date and time formats, such as `YYYY-MM-DD`, for DuckDB."""

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from sparkify.errors import SqlError

# What strftime writes for a part of a format; most are numbers with leading zeros.
NUMBERS = {
    "YYYY": "%Y",
    "IYYY": "%G",
    "IW": "%V",
    "MM": "%m",
    "DDD": "%j",
    "DD": "%d",
    "HH24": "%H",
    "HH12": "%I",
    "HH": "%I",
    "MI": "%M",
    "SS": "%S",
    "MS": "%g",
    "US": "%f",
}
NAMES = {"MONTH": "%B", "MON": "%b", "DAY": "%A", "DY": "%a"}
PADDED = ("MONTH", "DAY")
HALVES = ("AM", "PM")
PAD_WIDTH = 9

# What writes the parts that strftime does not know; `$t` is the timestamp.
OTHERS = {
    "YYY": "right(strftime($t, '%Y'), 3)",
    "YY": "right(strftime($t, '%Y'), 2)",
    "Y": "right(strftime($t, '%Y'), 1)",
    "Q": "cast(quarter($t) as varchar)",
    "CC": "lpad(cast(century($t) as varchar), 2, '0')",
    "WW": "lpad(cast((dayofyear($t) - 1) // 7 + 1 as varchar), 2, '0')",
    "W": "cast((day($t) - 1) // 7 + 1 as varchar)",
    "ID": "cast(isodow($t) as varchar)",
    "D": "cast(dayofweek($t) + 1 as varchar)",
}
# Parts that Redshift knows, and that are refused.
REFUSED = (
    *("B.C.", "A.D.", "A.M.", "P.M.", "BC", "AD", "Y,YYY", "IYY", "IY", "IDDD"),
    *("RM", "SSSSS", "TZ", "OF", "TH", "J", "I"),
)
PART = re.compile(
    r'"(?P<quoted>[^"]*)"|(?P<fill>FM)?(?P<part>'
    + "|".join(
        re.escape(part)
        for part in sorted(
            (*NUMBERS, *NAMES, *HALVES, *OTHERS, *REFUSED), key=len, reverse=True
        )
    )
    + r")|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)

NUMERIC = re.compile(r'^[^"]*(?<![A-Za-z])(FM)?[09]')  # `999D99`, `FM00`

# The group of a regular expression that reads a part of a format.
GROUPS = {
    "YYYY": ("year", r"\d{4}"),
    "MM": ("month", r"\d{1,2}"),
    "MONTH": ("month", "[[:alpha:]]{3,9}"),
    "MON": ("month", "[[:alpha:]]{3}"),
    "DD": ("day", r"\d{1,2}"),
    "HH24": ("hour", r"\d{1,2}"),
    "HH12": ("hour", r"\d{1,2}"),
    "HH": ("hour", r"\d{1,2}"),
    "MI": ("minute", r"\d{1,2}"),
    "SS": ("second", r"\d{1,2}"),
    "MS": ("fraction", r"\d{1,3}"),
    "US": ("fraction", r"\d{1,6}"),
    "AM": ("half", "(?i:[ap]m)"),
    "PM": ("half", "(?i:[ap]m)"),
}
FIELDS = ("year", "month", "day", "hour", "minute", "second", "fraction", "half")

Build = Callable[..., exp.Expr]


def write_format(value: exp.Expr, format_: str, build: Build) -> exp.Expr:
    """Return the expression of `to_char` with a timestamp.

    Args:
        value: The timestamp.
        format_: The format.
        build: Makes an expression of DuckDB's SQL, with values for its `$names`.

    Raises:
        SqlError: DuckDB cannot write a part of the format.
    """
    if NUMERIC.search(format_):
        raise SqlError(
            f"to_char with the format {format_!r} is not supported on DuckDB; only "
            "formats of dates and times are, so write a number by round() or cast()"
        )
    pieces = list(_pieces("to_char", format_))
    texts = [
        _written(value, part, as_typed, is_bare, build)
        if part
        else exp.Literal.string(as_typed)
        for as_typed, part, is_bare, _ in pieces
    ]
    whole = texts[0] if texts else exp.Literal.string("")
    for text in texts[1:]:
        whole = exp.DPipe(this=whole, expression=text, safe=True)
    return exp.Paren(this=whole)


def read_format(name: str, format_: str) -> tuple[str, list[str]]:
    """Return the regular expression that reads a format, and the names of its groups.

    Raises:
        SqlError: The format has no year, or a part that cannot be read.
    """
    pattern, fields = r"^\s*", list[str]()
    for as_typed, part, _, is_quoted in _pieces(name, format_):
        if not part:
            is_text = is_quoted or as_typed.isspace()
            pattern += r"\s*" if as_typed.isspace() else ""
            pattern += re.escape(as_typed) if is_quoted else ""
            pattern += "" if is_text else "[^[:alnum:]]"
        elif part not in GROUPS or GROUPS[part][0] in fields:
            raise SqlError(_unknown(name, format_, as_typed))
        else:
            field, digits = GROUPS[part]
            fields.append(field)
            pattern += f"({digits})"
    if "year" not in fields:
        raise SqlError(f"format {format_!r} has no YYYY; {name} needs it on DuckDB")
    missing = [field for field in FIELDS if field not in fields]
    return pattern + r"\s*$" + "()" * len(missing), fields + missing


def _pieces(name: str, format_: str) -> Iterator[tuple[str, str, bool, bool]]:
    """Yield each piece: as typed, the part ('' for text), without fill?, quoted?."""
    for match in PART.finditer(format_):
        part = (match["part"] or "").upper()
        other = match["other"] or ""
        if part in REFUSED or other.isalnum():
            raise SqlError(_unknown(name, format_, match[0]))
        text = match["part"] or other or match["quoted"] or ""
        yield text, part, bool(match["fill"]), match["quoted"] is not None


def _written(
    value: exp.Expr, part: str, as_typed: str, is_bare: bool, build: Build
) -> exp.Expr:
    """Return what writes one part; `is_bare` leaves blanks and leading zeros out."""
    if part in OTHERS:
        return build(OTHERS[part], t=value)
    if part in HALVES:
        case = "upper" if as_typed.isupper() else "lower"
        return build(f"{case}(strftime($t, '%p'))", t=value)
    if part in NUMBERS:
        text = f"strftime($t, '{NUMBERS[part]}')"
        return build(
            f"cast(cast({text} as integer) as varchar)" if is_bare else text, t=value
        )
    text = f"strftime($t, '{NAMES[part]}')"
    if as_typed.isupper() or as_typed.islower():
        text = f"{'upper' if as_typed.isupper() else 'lower'}({text})"
    if part in PADDED and not is_bare:
        text = f"rpad({text}, {PAD_WIDTH}, ' ')"
    return build(text, t=value)


def _unknown(name: str, format_: str, part: str) -> str:
    return (
        f"the format {format_!r} has '{part}', which {name} does not support on "
        'DuckDB; write other text in double quotes, as in "T"'
    )
