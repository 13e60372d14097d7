"""Redshift's names of the parts of a date, such as `qtr`, and DuckDB's names."""

from sqlglot import exp

from sparkify.errors import SqlError

NAMES = {
    "millennium": "millennium millennia mil mils",
    "century": "century centuries c cent cents",
    "decade": "decade decades dec decs",
    "year": "year years y yr yrs",
    "quarter": "quarter quarters qtr qtrs",
    "month": "month months mon mons",
    "week": "week weeks w",
    "day": "day days d",
    "hour": "hour hours h hr hrs",
    "minute": "minute minutes m min mins",
    "second": "second seconds s sec secs",
    "millisecond": "millisecond milliseconds ms msec msecs msecond mseconds "
    "millisec millisecs millisecon",
    "microsecond": "microsecond microseconds microsec microsecs usecond useconds us "
    "usec usecs",
    "dow": "dow dayofweek dw weekday",
    "doy": "doy dayofyear dy yearday",
    "epoch": "epoch",
}
PARTS = {name: part for part, names in NAMES.items() for name in names.split()}
ONLY_EXTRACTED = ("dow", "doy", "epoch")  # these have no length

# What `extract` returns of a timestamp `$t`, where DuckDB's own part means other.
EXTRACTED = {
    "decade": "date_part('year', $t) // 10 + 1",
    "epoch": "cast(floor(date_part('epoch', $t)) as bigint)",
    "millisecond": "date_part('microsecond', $t) // 1000 % 1000",
    "microsecond": "date_part('microsecond', $t) % 1000",
}
# What `date_part` returns: the seconds with their fraction.
PARTED = {
    "decade": EXTRACTED["decade"],
    "epoch": "date_part('epoch', $t)",
    "second": "date_part('microsecond', $t) / 1000000.0",
    "millisecond": "date_part('microsecond', $t) / 1000.0",
}


def find_part(name: str, written: exp.Expr, *, is_length: bool) -> str:
    """Return DuckDB's name of a part of a date.

    Args:
        name: The function that it is given to, for the message.
        written: The part, as a word or a text.
        is_length: Whether the function needs a part that has a length.

    Raises:
        SqlError: The function has no such part.
    """
    part = PARTS.get(written.name.lower(), "")
    is_word = isinstance(written, exp.Column | exp.Var | exp.Literal)
    if not is_word or not part or (is_length and part in ONLY_EXTRACTED):
        raise SqlError(
            f"'{written.name or written.sql('redshift')}' is no part of a date that "
            f"{name} supports on DuckDB; write year, month, day or hour, for example"
        )
    return part


def extracted(part: str, *, is_whole: bool) -> str:
    """Return DuckDB's expression of a part of the timestamp `$t`.

    Args:
        part: DuckDB's name of the part.
        is_whole: Whether it is `extract`, which leaves fractions of a second out.
    """
    special = EXTRACTED if is_whole else PARTED
    own = f"date_part('{part}', $t)"
    return f"({special.get(part, own)})"
