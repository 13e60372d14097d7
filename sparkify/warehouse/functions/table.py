"""The table of Redshift's functions on DuckDB: same, rendered or refused.

`docs/query-functions.md` says of each what it does.
"""

from sparkify.warehouse.functions import rendering
from sparkify.warehouse.functions.call import MANY, Rendered, filled, named

# Functions that mean the same on both engines.
SAME = frozenset(
    name
    for line in (
        "any_value bool_and bool_or count max median min stddev stddev_pop stddev_samp",
        "sum var_pop var_samp variance",
        "cume_dist dense_rank ntile percent_rank rank row_number",
        "abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees exp floor ln log",
        "mod pi power radians random round sign sin sqrt tan",
        "ascii char_length character_length chr length lower md5 repeat replace",
        "reverse sha1 strpos translate upper",
        "coalesce greatest least nullif",
    )
    for name in line.split()
)

RENDERED: dict[str, Rendered] = {
    # aggregates and windows
    "approximate count": Rendered(1, 1, rendering.exact_count),
    "avg": Rendered(1, 1, rendering.average),
    "first_value": Rendered(1, 1, rendering.typed),
    "lag": Rendered(1, 2, rendering.typed),
    "last_value": Rendered(1, 1, rendering.typed),
    "lead": Rendered(1, 2, rendering.typed),
    "listagg": Rendered(1, 2, rendering.join),
    "nth_value": Rendered(2, 2, rendering.typed),
    "percentile_cont": Rendered(1, 1, rendering.typed),
    "percentile_disc": Rendered(1, 1, rendering.typed),
    "ratio_to_report": Rendered(1, 1, rendering.ratio),
    # numbers
    "dexp": named("exp", 1),
    "dlog1": named("ln", 1),
    "dlog10": named("log", 1),
    "pow": named("power", 2),
    "strtol": named("redshift_strtol", 2),
    "trunc": Rendered(1, 2, rendering.trunc),
    # texts
    "btrim": filled("trim($a, $b)", 1, 2, b="' '"),
    "charindex": filled("strpos($b, $a)", 2),
    "concat": filled("$a || $b", 2),
    "func_sha1": named("sha1", 1),
    "initcap": named("redshift_initcap", 1),
    "json_extract_path_text": Rendered(2, 7, rendering.json_text),
    "left": named("redshift_left", 2),
    "len": named("length", 1),
    "lpad": named("redshift_lpad", 2, 3),
    "ltrim": filled("ltrim($a, $b)", 1, 2, b="' '"),
    "octet_length": named("strlen", 1),
    "regexp_count": Rendered(2, 4, rendering.count_pattern),
    "regexp_instr": named("redshift_regexp_instr", 2),
    "regexp_replace": Rendered(2, 5, rendering.replace_pattern),
    "regexp_substr": Rendered(2, 5, rendering.find_pattern),
    "replicate": named("repeat", 2),
    "right": named("redshift_right", 2),
    "rpad": named("redshift_rpad", 2, 3),
    "rtrim": filled("rtrim($a, $b)", 1, 2, b="' '"),
    "sha": named("sha1", 1),
    "sha2": Rendered(2, 2, rendering.sha2),
    "split_part": named("redshift_split_part", 3),
    "substr": named("redshift_substring", 2, 3),
    "substring": named("redshift_substring", 2, 3),
    "textlen": named("length", 1),
    # choices
    "decode": Rendered(3, MANY, rendering.decode),
    "isnull": named("coalesce", 2),
    "nvl": named("coalesce", 2, MANY),
    "nvl2": named("redshift_nvl2", 3),
    # dates
    "add_months": named("redshift_add_months", 2),
    "convert_timezone": Rendered(2, 3, rendering.convert_timezone),
    "date": filled("cast($a as date)", 1),
    "date_add": Rendered(3, 3, rendering.dateadd),
    "date_diff": Rendered(3, 3, rendering.datediff),
    "date_part": Rendered(2, 2, rendering.date_part),
    "date_trunc": Rendered(2, 2, rendering.date_trunc),
    "dateadd": Rendered(3, 3, rendering.dateadd),
    "datediff": Rendered(3, 3, rendering.datediff),
    "extract": Rendered(2, 2, rendering.date_part),
    "getdate": filled("timezone('UTC', now())", 0),
    "last_day": filled("last_day(cast($a as timestamp))", 1),
    "months_between": named("redshift_months_between", 2),
    "next_day": named("redshift_next_day", 2),
    "pgdate_part": Rendered(2, 2, rendering.date_part),
    "to_char": Rendered(2, 2, rendering.to_char),
    "to_date": Rendered(2, 3, rendering.to_date),
    "to_timestamp": Rendered(2, 3, rendering.to_timestamp),
}

_WITHOUT = "there is no equal function; leave it out"
_JSON = "use json_extract_path_text"

# Functions that are refused, with what to do instead.
REFUSED = {
    "approximate percentile_disc": "use percentile_disc, which is exact",
    "bit_and": _WITHOUT,
    "bit_or": _WITHOUT,
    "bpcharcmp": "compare by <, = and >",
    "bttext_pattern_cmp": "compare by <, = and >",
    "checksum": "use md5",
    "collate": "use lower() on both sides",
    "crc32": "use md5",
    "current_setting": _WITHOUT,
    "current_user": _WITHOUT,
    "date_cmp": "compare by <, = and >",
    "date_cmp_timestamp": "compare by <, = and >",
    "difference": _WITHOUT,
    "farmfingerprint64": "use md5",
    "fnv_hash": "use md5",
    "from_hex": "use strtol(x, 16)",
    "generate_series": "select from a table, such as time",
    "interval_cmp": "compare by <, = and >",
    "is_valid_json": _JSON,
    "is_valid_json_array": _JSON,
    "json_array_length": _JSON,
    "json_extract_array_element_text": _JSON,
    "json_parse": _JSON,
    "json_serialize": _JSON,
    "quote_ident": _WITHOUT,
    "quote_literal": _WITHOUT,
    "soundex": _WITHOUT,
    "timeofday": "use getdate()",
    "timestamp_cmp": "compare by <, = and >",
    "timezone": "use convert_timezone",
    "to_hex": "use strtol to read such numbers, and leave them in decimals",
    "to_number": "use cast(… as decimal(p, s))",
    "to_varbyte": _WITHOUT,
    "version": _WITHOUT,
}
