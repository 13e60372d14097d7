"""DuckDB macros that mean what Redshift's functions mean.

A macro is chosen by the types of its arguments, which only DuckDB knows: `trunc` of a
timestamp is a date, and `trunc` of a number is a number. The macros are temporary, so
they leave nothing in the warehouse's file.
"""

MONTHS = "['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', "
MONTHS += "'nov', 'dec']"
WEEKDAYS = "['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su']"
DIGITS = "'0123456789abcdefghijklmnopqrstuvwxyz'"

# What each macro is, without `create temporary macro`.
BODIES: tuple[str, ...] = (
    "redshift_timestamp(x) as cast(x as timestamp)",
    """redshift_trunc(x timestamp) as cast(x as date),
        (x date) as x,
        (x timestamptz) as cast(x as date),
        (x bigint) as x,
        (x hugeint) as x,
        (x double) as trunc(x)""",
    "redshift_nvl2(x, known, unknown) as "
    "case when x is not null then known else unknown end",
    # Text
    """redshift_substring(s, start) as substring(cast(s as varchar),
            case when start < 1 then 1 else start end),
        (s, start, size) as case
            when size < 0 then error('negative substring length not allowed')
            when start >= 1 then substring(cast(s as varchar), start, size)
            when start + size > 1 then
                substring(cast(s as varchar), 1, start + size - 1)
            when s is not null and start is not null and size is not null then ''
        end""",
    """redshift_left(s, size) as case
        when size < 0 then error('negative length not allowed')
        else left(cast(s as varchar), size) end""",
    """redshift_right(s, size) as case
        when size < 0 then error('negative length not allowed')
        else right(cast(s as varchar), size) end""",
    """redshift_split_part(s, separator, part) as case
        when part < 1 then error('field position must be greater than zero')
        else split_part(s, separator, part) end""",
    "redshift_lpad(s, size, fill := ' ') as "
    "case when size <= 0 then '' else lpad(s, cast(size as integer), fill) end",
    "redshift_rpad(s, size, fill := ' ') as "
    "case when size <= 0 then '' else rpad(s, cast(size as integer), fill) end",
    r"""redshift_initcap(s) as array_to_string(list_transform(
        regexp_extract_all(s, '[\p{L}\p{N}]+|[^\p{L}\p{N}]+'),
        lambda word: upper(left(word, 1)) || lower(substring(word, 2))), '')""",
    f"""redshift_digits(digits, base) as case
        when digits = '' then cast(0 as hugeint)
        else list_reduce(list_transform(string_split(digits, ''), lambda digit: case
            when strpos({DIGITS}, digit) between 1 and base
                then cast(strpos({DIGITS}, digit) - 1 as hugeint)
            else error('the text is not a number of this base') end),
            lambda total, digit: total * base + digit) end""",
    r"""redshift_strtol(s, base) as cast(
        case when regexp_matches(s, '^\s*-') then -1 else 1 end * redshift_digits(
            regexp_replace(lower(s), case base
                when 16 then '^\s*[+-]?(0x)?' else '^\s*[+-]?' end, ''), base)
        as bigint)""",
    """redshift_varchar(s, size) as case
        when strlen(cast(s as varchar)) <= size then cast(s as varchar)
        else left(cast(s as varchar), len(list_filter(
            range(1, length(cast(s as varchar)) + 1),
            lambda count: strlen(left(cast(s as varchar), count)) <= size))) end""",
    """redshift_join(parts, separator) as nullif(array_to_string(list_filter(
        list_transform(parts, lambda part: cast(part as varchar)),
        lambda part: part <> ''), separator), '')""",
    # Patterns
    """redshift_from(s, position) as case
        when position < 1 then s else substring(s, position) end""",
    """redshift_regexp_replace(s, pattern, new, position, flags) as
        left(s, case when position < 1 then 0 else position - 1 end)
        || regexp_replace(redshift_from(s, position), pattern,
            replace(new, '\\', '\\\\'), flags)""",
    """redshift_regexp_substr(s, pattern, position, occurrence, part, flags) as case
        when s is null or pattern is null then null
        when occurrence < 1 or occurrence > length(s) then null
        else coalesce(list_extract(regexp_extract_all(
            redshift_from(s, position), pattern, part, flags), occurrence), '') end""",
    """redshift_regexp_count(s, pattern, position, flags) as
        len(regexp_extract_all(redshift_from(s, position), pattern, 0, flags))""",
    """redshift_regexp_instr(s, pattern) as case
        when regexp_matches(s, pattern) then length(regexp_extract(
            s, '^((?s:.*?))(?:' || pattern || ')', 1)) + 1
        when s is not null and pattern is not null then 0 end""",
    # Dates
    """redshift_micros_of_day(x) as date_diff('microseconds',
        date_trunc('day', redshift_timestamp(x)), redshift_timestamp(x))""",
    # DuckDB counts whole weeks; Redshift counts their boundaries.
    """redshift_datediff(unit, a, b) as case unit
        when 'week' then date_diff('day', date_trunc('week', redshift_timestamp(a)),
            date_trunc('week', redshift_timestamp(b))) // 7
        else date_diff(unit, redshift_timestamp(a), redshift_timestamp(b)) end""",
    """redshift_add_years(x, count) as x + to_years(cast(count as integer))
        + case when day(x) = 29
            and day(x + to_years(cast(count as integer))) = 28
            then interval '1 day' else interval '0 day' end""",
    """redshift_add_months(x, count) as case
        when last_day(redshift_timestamp(x)) = cast(redshift_timestamp(x) as date)
            then last_day(redshift_timestamp(x) + to_months(cast(count as integer)))
                + (redshift_timestamp(x) - date_trunc('day', redshift_timestamp(x)))
        else redshift_timestamp(x) + to_months(cast(count as integer)) end""",
    """redshift_months_between(a, b) as
        (year(redshift_timestamp(a)) - year(redshift_timestamp(b))) * 12
        + month(redshift_timestamp(a)) - month(redshift_timestamp(b))
        + case when day(redshift_timestamp(a)) = day(redshift_timestamp(b))
            or (last_day(redshift_timestamp(a)) = cast(redshift_timestamp(a) as date)
            and last_day(redshift_timestamp(b)) = cast(redshift_timestamp(b) as date))
            then 0.0
        else (day(redshift_timestamp(a)) - day(redshift_timestamp(b))
            + (redshift_micros_of_day(a) - redshift_micros_of_day(b)) / 86400000000.0)
            / 31.0 end""",
    f"""redshift_next_day(x, weekday) as cast(redshift_timestamp(x) as date)
        + cast(1 + (list_position({WEEKDAYS}, lower(left(weekday, 2)))
        - isodow(redshift_timestamp(x)) + 6) % 7 as integer)""",
    """redshift_convert_timezone(source, target, x) as
        timezone(target, timezone(source, redshift_timestamp(x)))""",
    """redshift_point(y, mo, d, h, mi, s, us, is_strict) as case
        when is_strict and (mo not between 1 and 12 or h > 23 or mi > 59 or s > 59
            or d not between 1 and day(last_day(
                make_date(y, greatest(1, least(mo, 12)), 1))))
            then error('the date or the time is out of range')
        else make_timestamp(y, 1, 1, 0, 0, 0.0)
            + to_months(cast(mo - 1 as integer)) + to_days(cast(d - 1 as integer))
            + to_hours(h) + to_minutes(mi) + to_seconds(s) + to_microseconds(us)
        end""",
    f"""redshift_read(s, pattern, parts, is_strict) as case
        when s is null then null
        when not regexp_matches(s, pattern)
            then error('the text does not have this format: ' || s)
        else redshift_point(
            cast(parts.year as integer),
            coalesce(try_cast(parts.month as integer),
                list_position({MONTHS}, lower(left(parts.month, 3))), 1),
            coalesce(try_cast(parts.day as integer), 1),
            coalesce(try_cast(parts.hour as integer), 0)
            + case when lower(left(parts.half, 1)) = 'p' then 12 else 0 end
            - case when parts.half <> '' and parts.hour = '12' then 12 else 0 end,
            coalesce(try_cast(parts.minute as integer), 0),
            coalesce(try_cast(parts.second as integer), 0),
            coalesce(try_cast(rpad(parts.fraction, 6, '0') as integer), 0),
            is_strict) end""",
    """redshift_json_text(s, path, is_lenient) as case
        when s is null or (is_lenient and not json_valid(s)) then null
        else coalesce(json_extract_string(s, path), '') end""",
)

MACROS = tuple(f"create or replace temporary macro {body}" for body in BODIES)
