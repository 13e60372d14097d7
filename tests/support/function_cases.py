"""Expressions in Redshift's SQL, and their values on Redshift.

The values are examples of Amazon Redshift's Database Developer Guide, or follow from
its rules where it has no example.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest


@dataclass(frozen=True)
class Case:
    """An expression of a query, and its value on Redshift.

    Attributes:
        expression: The expression.
        value: The value.
        rows: What it selects from; nothing for a constant.
        has_postgres: Whether Redshift's emulator can answer: PostgreSQL lacks many of
            Redshift's functions, and some mean another thing there.
    """

    expression: str
    value: Any
    rows: str = ""
    has_postgres: bool = True

    @property
    def query(self) -> str:
        return f"select {self.expression} as value{self.rows}"


def on_duckdb(expression: str, value: Any, rows: str = "") -> Case:
    return Case(expression, value, rows, has_postgres=False)


def values(*literals: str) -> str:
    """Return the rows of a table with one column, `x`."""
    rows = " union all ".join(f"select {literal} as x" for literal in literals)
    return f" from ({rows}) as t"


NEW_YEAR = "timestamp '2009-12-31 23:15:59'"
MICROS = "timestamp '2009-09-21 11:10:03.189717'"
SELLERS = values("1178", "380", "380", "2731")
JSON = '\'{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}}\''
MAY = "timestamp '2022-05-02 04:05:06.789'"

CASES = [
    # to_char
    Case(
        f"to_char({NEW_YEAR}, 'MONTH-DY-DD-YYYY HH12:MIPM')",
        "DECEMBER -THU-31-2009 11:15PM",
    ),
    Case(f"to_char({NEW_YEAR}, 'DDD')", "365"),
    Case("to_char(timestamp '2022-05-16 23:15:59', 'ID')", "1"),
    Case("to_char(date '2009-12-31', 'MONTH')", "DECEMBER "),
    Case(f"to_char({NEW_YEAR}, 'HH24:MI:SS')", "23:15:59"),
    Case(
        "to_char(timestamp '2008-01-25 14:30:00', 'MON-DD-YYYY HH12:MIPM')",
        "JAN-25-2008 02:30PM",
    ),
    Case("to_char(timestamp '2008-02-18 02:36:48', 'cc')", "21"),
    Case(f"to_char({NEW_YEAR}, 'YY Q WW IW W D')", "09 4 53 53 5 5"),
    Case(f"to_char({NEW_YEAR}, 'Day|Mon|day')", "Thursday |Dec|thursday "),
    Case("to_char(date '2008-05-06', 'FMMonth FMDD')", "May 6"),
    Case(f"to_char({MICROS}, 'SS.US MS')", "03.189717 189"),
    Case("to_char(date '2010-01-03', 'IYYY-IW')", "2009-53"),
    # to_date, to_timestamp
    Case("to_date('02 Oct 2001', 'DD Mon YYYY')", date(2001, 10, 2)),
    on_duckdb("to_date('20010631', 'YYYYMMDD', false)", date(2001, 7, 1)),
    on_duckdb("to_date('20010631', 'YYYYMMDD')", date(2001, 7, 1)),
    on_duckdb(
        "to_timestamp('2011-12-18 24:38:15', 'YYYY-MM-DD HH24:MI:SS')",
        datetime(2011, 12, 19, 0, 38, 15, tzinfo=UTC),
    ),
    Case(
        "to_timestamp('05/06/2008 02:30 pm', 'MM/DD/YYYY HH12:MI am')",
        datetime(2008, 5, 6, 14, 30, tzinfo=UTC),
    ),
    # trunc
    on_duckdb("trunc(timestamp '2011-07-21 10:32:38.248109')", date(2011, 7, 21)),
    Case("trunc(111.15)", 111),
    Case("trunc(111.15, 1)", Decimal("111.1")),
    Case("trunc(111.15, -1)", 110),
    on_duckdb("trunc(-9007199254740993)", -9007199254740993),
    # parts of dates
    on_duckdb(f"extract(sec from {MICROS})", 3),
    on_duckdb(f"date_part(second, {MICROS})", pytest.approx(3.189717)),
    on_duckdb(f"extract(ms from {MICROS})", 189),
    on_duckdb(f"extract(us from {MICROS})", 717),
    Case(f"date_part(week, {MAY})", 18),
    Case(f"date_part(day, {MAY})", 2),
    on_duckdb(f"date_part(dayofweek, {MAY})", 1),
    Case(f"date_part(century, {MAY})", 21),
    on_duckdb("date_part(w, timestamp '2008-06-17 09:44:54')", 25),
    Case("date_part(dow, timestamp '2008-01-05 14:00:00')", 6),
    Case("extract(century from timestamp '2000-12-16 12:21:13')", 20),
    on_duckdb("extract(decade from timestamp '1999-02-16 20:38:40')", 200),
    on_duckdb("extract(decade from timestamp '2000-02-16 20:38:40')", 201),
    on_duckdb("extract(mil from timestamp '2001-12-16 12:21:13')", 3),
    Case("date_part(epoch, timestamp '2008-01-01 20:00:00')", 1199217600),
    Case("extract(week from date '2010-01-03')", 53),
    Case("date_trunc('week', timestamp '2022-05-08 23:00:00')", datetime(2022, 5, 2)),
    on_duckdb("date_trunc('month', date '2022-05-08')", datetime(2022, 5, 1)),
    # differences and sums of dates
    Case("datediff(week, '2009-01-01', '2009-12-31')", 52),
    Case("datediff(week, '2022-05-08', '2022-05-09')", 1),
    Case("datediff(week, '2022-05-09', '2022-05-15')", 0),
    Case("datediff(quarter, '2008-03-31', '2008-04-01')", 1),
    Case("datediff(year, '2008-12-31', '2009-01-01')", 1),
    Case("datediff(hour, '2009-01-01 08:30:00', '2009-01-01 10:00:00')", 2),
    Case("datediff(hour, '2009-01-01 10:00:00', '2009-01-01 08:30:00')", -2),
    on_duckdb("datediff(mons, '2009-01-31', '2009-02-01')", 1),
    Case("dateadd(month, 18, '2008-02-28')", datetime(2009, 8, 28)),
    on_duckdb("dateadd(m, 30, '2008-02-28')", datetime(2008, 2, 28, 0, 30)),
    Case("dateadd(month, 1, '2008-04-30')", datetime(2008, 5, 30)),
    Case("dateadd(month, 12, '2016-02-29')", datetime(2017, 2, 28)),
    on_duckdb("dateadd(year, 1, '2016-02-29')", datetime(2017, 3, 1)),
    Case("dateadd(day, 30, date '2008-11-01')", datetime(2008, 12, 1)),
    on_duckdb("add_months('2008-03-31', 1)", datetime(2008, 4, 30)),
    on_duckdb("add_months('2008-04-30', 1)", datetime(2008, 5, 31)),
    on_duckdb("months_between('1969-01-18', '1969-03-18')", -2),
    on_duckdb(
        "months_between('2008-12-25 15:00:00', '2008-01-21 19:30:00')",
        pytest.approx(11.12, abs=0.005),
    ),
    on_duckdb("next_day('2014-08-20', 'Tuesday')", date(2014, 8, 26)),
    on_duckdb("last_day(date '2008-02-10')", date(2008, 2, 29)),
    on_duckdb(
        "convert_timezone('US/Pacific', timestamp '2008-08-24 09:36:12')",
        datetime(2008, 8, 24, 2, 36, 12),
    ),
    on_duckdb(
        "convert_timezone('America/New_York', '2013-02-01 08:00:00')",
        datetime(2013, 2, 1, 3),
    ),
    on_duckdb(
        "convert_timezone('America/New_York', '2013-06-01 08:00:00')",
        datetime(2013, 6, 1, 4),
    ),
    # patterns
    on_duckdb(
        "regexp_replace('the fox', 'FOX', 'quick brown fox', 1, 'i')",
        "the quick brown fox",
    ),
    on_duckdb(
        "regexp_replace('nibh.enim@egestas.ca', '@.*\\\\.(org|gov|com|edu|ca)$')",
        "nibh.enim",
    ),
    on_duckdb("regexp_replace('banana', 'a', 'o')", "bonono"),
    on_duckdb("regexp_replace('banana', 'a', 'o', 3)", "banono"),
    on_duckdb("regexp_replace('banana', null, 'o')", None),
    Case("regexp_substr('the fox', 'FOX', 1, 1, 'i')", "fox"),
    on_duckdb("regexp_substr('sed@lacusUtnec.ca', '@[^.]*')", "@lacusUtnec"),
    on_duckdb(
        "regexp_substr('sed@lacusUtnec.ca', '@([^.]*)', 1, 1, 'e')", "lacusUtnec"
    ),
    on_duckdb("regexp_substr('abc', 'x')", ""),
    on_duckdb("regexp_substr('abc', 'b', 1, 0)", None),
    Case("regexp_count('abcdefghijklmnopqrstuvwxyz', '[a-z]{3}')", 8),
    Case("regexp_instr('the fox', 'f.x')", 5),
    Case("'a_b' like 'a\\\\_b'", True),
    Case("'axb' like 'a\\\\_b'", False),
    Case("'abc' similar to '%(b|d)%'", True),
    Case("'a_%' similar to 'a\\\\_\\\\%' and not 'ab%' similar to 'a\\\\_%'", True),
    Case("'b_' similar to '[a-c]_' and not 'd_' similar to '[a-c]_'", True),
    Case("'a.c' similar to 'a.c' and not 'abc' similar to 'a.c'", True),
    # texts
    Case("'a' || null", None),
    on_duckdb("concat('a', null)", None),
    Case("concat('December 25, ', '2008')", "December 25, 2008"),
    Case("substring('caterpillar', 6, 4)", "pill"),
    Case("substring('caterpillar', 6, 8)", "pillar"),
    Case("substring('caterpillar', -2, 6)", "cat"),
    Case("substring('caterpillar', -5, 4)", ""),
    Case("substring('caterpillar' from 6 for 4)", "pill"),
    Case("left('Chicago', 5)", "Chica"),
    Case("right('Chicago', 5)", "icago"),
    Case("len('français')", 8),
    Case("octet_length('français')", 9),
    Case("split_part('abc$def$ghi', '$', 2)", "def"),
    Case("split_part('abc$def$ghi', '$', 4)", ""),
    on_duckdb("charindex('fish', 'dogfish')", 4),
    Case("strpos('dogfish', 'fist')", 0),
    Case("position('fish' in 'dogfish')", 4),
    Case("initcap('All non-musical theatre, MLB')", "All Non-Musical Theatre, Mlb"),
    Case("lpad('cat', 7)", "    cat"),
    Case("rpad('caterpillar', 3, '*')", "cat"),
    Case("btrim('xyzaxyzbxyzcxyz', 'xyz')", "axyzbxyzc"),
    on_duckdb("trim('    dog    ')", "dog"),
    Case("replace('Shows', 'Show', 'Theatre')", "Theatres"),
    Case("translate('mint tea', 'inea', 'osin')", "most tin"),
    on_duckdb("replicate('a', 3)", "aaa"),
    Case("md5('Amazon Redshift')", "f7415e33f972c03abd4f3fed36748f7a"),
    on_duckdb("strtol('0xf', 16)", 15),
    on_duckdb("strtol('abcd1234', 16)", 2882343476),
    on_duckdb("strtol('1234567', 8)", 342391),
    on_duckdb("strtol('110101', 2)", 53),
    on_duckdb("strtol(' -7fffffffffffffff', 16)", -9223372036854775807),
    on_duckdb(f"json_extract_path_text({JSON}, 'f4', 'f6')", "star"),
    on_duckdb(f"json_extract_path_text({JSON}, 'f4', 'f7')", ""),
    on_duckdb("json_extract_path_text('{\"f2\"', 'f2', true)", None),
    Case("cast('Fourscore and seven' as varchar(5))", "Fours"),
    on_duckdb("cast('éé' as varchar(3))", "é"),
    # choices
    Case("nvl(null, 3)", 3),
    on_duckdb("isnull(null, 3)", 3),
    Case("nvl2(null, 1, 2)", 2),
    Case("decode(null, null, 0, 1)", 0),
    Case("decode('MLB', 'NHL', 'hockey', 'MLB', 'baseball', 'other')", "baseball"),
    Case("decode('MLB', 'NHL', 'hockey')", None),
    Case("greatest(1, null, 3)", 3),
    # numbers
    Case("7 / 2", 3),
    Case("-7 / 2", -3),
    Case("log(100)", 2),
    Case("round(28.05, 1)", Decimal("28.1")),
    Case("mod(-10, 3)", -1),
    # aggregates and windows
    on_duckdb(
        "listagg(x, ', ') within group (order by x)", "380, 380, 1178, 2731", SELLERS
    ),
    on_duckdb(
        "listagg(distinct x, ', ') within group (order by x)",
        "380, 1178, 2731",
        SELLERS,
    ),
    on_duckdb("listagg(x) within group (order by x desc)", "27311178380380", SELLERS),
    on_duckdb("listagg(x, '|') within group (order by x)", None, values("null")),
    on_duckdb(
        "listagg(x, '|') within group (order by x) over () || ''",
        "a|b",
        values("'a'", "'b'") + " limit 1",
    ),
    on_duckdb("avg(x)", 2, values("1", "2", "4")),
    on_duckdb("avg(distinct x)", 3, values("2", "2", "5")),
    on_duckdb("avg(x) over ()", 2, values("1", "2", "4") + " limit 1"),
    Case("sum(x)", 9007199254740993, values("9007199254740993", "0")),
    on_duckdb("median(x)", 15, values("10", "20", "null")),
    Case(
        "percentile_cont(0.25) within group (order by x desc)",
        pytest.approx(3.25),
        values("1", "2", "3", "4"),
    ),
    Case(
        "percentile_disc(0.5) within group (order by x)", 2, values("1", "2", "3", "4")
    ),
    on_duckdb("approximate count(distinct x)", 3, SELLERS),
    on_duckdb(
        "ratio_to_report(x) over ()", pytest.approx(0.25), values("1", "3") + " limit 1"
    ),
    on_duckdb(
        "last_value(x) ignore nulls over (order by x rows between unbounded preceding"
        " and unbounded following)",
        1,
        values("1", "null") + " limit 1",
    ),
]
