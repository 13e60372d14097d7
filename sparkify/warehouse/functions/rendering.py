"""DuckDB's expressions of the functions that need more than another name."""

import re

from sqlglot import exp

from sparkify.errors import SqlError
from sparkify.warehouse.functions.call import Call
from sparkify.warehouse.functions.date_formats import read_format, write_format
from sparkify.warehouse.functions.date_parts import extracted, find_part
from sparkify.warehouse.functions.templates import fill

LOOKAROUND = re.compile(r"\(\?<?[=!]")
BACK_REFERENCE = re.compile(r"[\\$]\d")
# What adds a count of a part to a timestamp.
ADDED = {
    "year": "redshift_add_years($t, $count)",
    "quarter": "$t + to_months(cast(3 * $count as integer))",
    "month": "$t + to_months(cast($count as integer))",
    "week": "$t + to_days(cast(7 * $count as integer))",
    "day": "$t + to_days(cast($count as integer))",
    "hour": "$t + to_hours(cast($count as bigint))",
    "minute": "$t + to_minutes(cast($count as bigint))",
    "second": "$t + to_seconds(cast($count as bigint))",
    "millisecond": "$t + to_microseconds(cast(1000 * $count as bigint))",
    "microsecond": "$t + to_microseconds(cast($count as bigint))",
}
ZONE = re.compile(r"UTC|GMT|[A-Z][A-Za-z]+(/[A-Z][A-Za-z_]+)+")


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _timestamp(value: exp.Expr) -> exp.Expr:
    """Return a text as a timestamp; anything else as it is."""
    is_text = isinstance(value, exp.Literal) and value.is_string
    return fill("cast($t as timestamp)", t=value) if is_text else value


def average(call: Call) -> exp.Expr:
    """Divide the sum by the count, which cuts the average of whole numbers."""
    argument = call.arguments[0]
    if call.is_distinct:
        argument = exp.Distinct(expressions=[argument])
    return fill("sum($x) / count($x)", call.window, x=argument)


def ratio(call: Call) -> exp.Expr:
    """Divide a value by the sum over its window."""
    template = "cast($x as double) / sum(cast($x as double))"
    return fill(template, call.window, x=call.arguments[0])


def join(call: Call) -> exp.Expr:
    """Collect the values in a list, in the order of `within group`, and join it."""
    value = call.arguments[0]
    order = call.group.expression if call.group is not None else None
    if call.is_distinct:
        value = exp.Distinct(expressions=[value])
    if order is not None:
        value = exp.Order(this=value, expressions=order.expressions)
    return fill(
        "redshift_join(list($x), $separator)",
        call.window,
        x=value,
        separator=call.get(1, _text("")),
    )


def exact_count(call: Call) -> exp.Expr:
    """Count exactly: an approximate count may be off by 2 %, and this is within."""
    return fill("count($x)", call.window, x=exp.Distinct(expressions=call.arguments))


def typed(call: Call) -> exp.Expr:
    """Let sqlglot write the function: it knows `within group` and `ignore nulls`."""
    value, *others = call.arguments
    is_ignoring = call.nulls is not None or isinstance(value, exp.IgnoreNulls)
    if isinstance(value, exp.IgnoreNulls | exp.RespectNulls):
        value = value.this
    found: exp.Expr = exp.func(call.name, value, *others, dialect="redshift")
    if is_ignoring:
        found = exp.IgnoreNulls(this=found)
    for wrapper in (call.group, call.window):
        if wrapper is not None:
            wrapper = wrapper.copy()
            wrapper.set("this", found)
            found = wrapper
    return found


def decode(call: Call) -> exp.Expr:
    """Compare a value with each search; null equals null."""
    value, *pairs = call.arguments
    case = exp.Case()
    while len(pairs) > 1:
        search, result, *pairs = pairs
        case = case.when(fill("$a is not distinct from $b", a=value, b=search), result)
    return case.else_(pairs[0]) if pairs else case


def _flags(call: Call, index: int, known: str) -> exp.Expr:
    """Return DuckDB's options of a pattern for the parameters, such as `ip`."""
    parameters = call.text(index, "", "text of parameters")
    for parameter in parameters:
        if parameter not in known:
            raise SqlError(
                f"{call.name} does not know the parameter '{parameter}'; choose from "
                f"{', '.join(known)}"
            )
    pattern = call.arguments[1]
    if isinstance(pattern, exp.Literal) and LOOKAROUND.search(pattern.name):
        raise SqlError(
            f"{call.name} with the pattern {pattern.name!r} is not supported on "
            "DuckDB, whose patterns cannot look ahead or behind; leave (?= and (?! out"
        )
    is_blind = parameters.rfind("i") > parameters.rfind("c")
    return (
        _text("gi" if is_blind else "g")
        if "replace" in call.name
        else _text("i" if is_blind else "c")
    )


def replace_pattern(call: Call) -> exp.Expr:
    """Replace all matches of a pattern."""
    new = call.get(2, _text(""))
    if isinstance(new, exp.Literal) and BACK_REFERENCE.search(new.name):
        raise SqlError(
            f"regexp_replace with {new.name!r}, which refers to a group, is not "
            "supported on DuckDB; use regexp_substr with the parameter 'e'"
        )
    return fill(
        "redshift_regexp_replace($s, $p, $new, $position, $flags)",
        s=call.arguments[0],
        p=call.arguments[1],
        new=new,
        position=call.get(3, _number(1)),
        flags=_flags(call, 4, "cip"),
    )


def find_pattern(call: Call) -> exp.Expr:
    """Take one match of a pattern, or its first group."""
    flags = _flags(call, 4, "ceip")
    part = 0
    if "e" in call.text(4, "", "text of parameters"):
        pattern = call.text(1, "", "pattern")
        part = 1 if re.search(r"(?<!\\)\((?!\?)", pattern) else 0
    return fill(
        "redshift_regexp_substr($s, $p, $position, $occurrence, $part, $flags)",
        s=call.arguments[0],
        p=call.arguments[1],
        position=call.get(2, _number(1)),
        occurrence=call.get(3, _number(1)),
        part=_number(part),
        flags=flags,
    )


def count_pattern(call: Call) -> exp.Expr:
    """Count the matches of a pattern."""
    return fill(
        "redshift_regexp_count($s, $p, $position, $flags)",
        s=call.arguments[0],
        p=call.arguments[1],
        position=call.get(2, _number(1)),
        flags=_flags(call, 3, "cip"),
    )


def to_char(call: Call) -> exp.Expr:
    """Write a timestamp in a format."""
    value = fill("cast($t as timestamp)", t=call.arguments[0])
    return write_format(value, call.text(1, "", "format"), fill)


def to_date(call: Call) -> exp.Expr:
    """Read a date in a format."""
    return fill("cast($t as date)", t=_read(call))


def to_timestamp(call: Call) -> exp.Expr:
    """Read a timestamp, which has a time zone on Redshift: UTC."""
    return fill("timezone('UTC', $t)", t=_read(call))


def _read(call: Call) -> exp.Expr:
    pattern, fields = read_format(call.name, call.text(1, "", "format"))
    names = ", ".join(f"'{field}'" for field in fields)
    return fill(
        f"redshift_read(cast($s as varchar), $p, "
        f"regexp_extract(cast($s as varchar), $p, [{names}]), $is_strict)",
        s=call.arguments[0],
        p=_text(pattern),
        is_strict=call.get(2, exp.false()),
    )


def trunc(call: Call) -> exp.Expr:
    """Cut a number, or cut a timestamp to its date."""
    name = "trunc" if len(call.arguments) > 1 else "redshift_trunc"
    return exp.Anonymous(this=name, expressions=call.arguments)


def date_part(call: Call) -> exp.Expr:
    """Take a part of a date; `extract` leaves the fraction of a second out."""
    part = find_part(call.name, call.arguments[0], is_length=False)
    template = extracted(part, is_whole=call.name == "extract")
    return fill(template, t=_timestamp(call.arguments[1]))


def date_trunc(call: Call) -> exp.Expr:
    """Cut a date to the start of a part, a Monday for a week, as a timestamp."""
    part = find_part(call.name, call.arguments[0], is_length=True)
    template = "date_trunc($part, cast($t as timestamp))"
    return fill(template, part=_text(part), t=call.arguments[1])


def datediff(call: Call) -> exp.Expr:
    """Count the boundaries between two timestamps."""
    part = find_part(call.name, call.arguments[0], is_length=True)
    _, start, end = call.arguments
    template = "redshift_datediff($part, $start, $end)"
    return fill(template, part=_text(part), start=start, end=end)


def dateadd(call: Call) -> exp.Expr:
    """Add a number of parts to a timestamp."""
    part = find_part(call.name, call.arguments[0], is_length=True)
    _, count, start = call.arguments
    template = ADDED.get(part)
    if template is None:
        raise SqlError(f"{call.name} of a {part} is not supported on DuckDB; use years")
    return fill(template, t=fill("cast($t as timestamp)", t=start), count=count)


def convert_timezone(call: Call) -> exp.Expr:
    """Convert a timestamp between zones that have the same meaning everywhere."""
    *zones, value = call.arguments
    for index, _ in enumerate(zones):
        zone = call.text(index, "", "time zone")
        if not ZONE.fullmatch(zone):
            raise SqlError(
                f"{call.name} with the zone '{zone}' is not supported on DuckDB, which "
                "knows other abbreviations; use a name such as 'America/New_York'"
            )
    name = "redshift_convert_timezone"
    source = zones[0] if len(zones) > 1 else _text("UTC")
    arguments = [source, zones[-1], value]
    return exp.Anonymous(this=name, expressions=arguments)


def sha2(call: Call) -> exp.Expr:
    """Hash by SHA-256, the one that DuckDB has."""
    if call.text(1, "", "number of bits") not in ("0", "256"):
        raise SqlError(
            "sha2 is supported with 256 bits only on DuckDB; use sha2(x, 256)"
        )
    return fill("sha256($s)", s=call.arguments[0])


def json_text(call: Call) -> exp.Expr:
    """Take a text out of a JSON object; the last argument may ask for leniency."""
    keys = call.arguments[1:]
    has_leniency = isinstance(keys[-1], exp.Boolean)
    is_lenient = keys.pop() if has_leniency else exp.false()
    path = ""
    for index, _ in enumerate(keys, 1):
        key = call.text(index, "", "key")
        path += "/" + key.replace("~", "~0").replace("/", "~1")
    return fill(
        "redshift_json_text($s, $path, $is_lenient)",
        s=call.arguments[0],
        path=_text(path),
        is_lenient=is_lenient,
    )
