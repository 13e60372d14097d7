"""Random JSON values, and records of which some members are random."""

import json

from hypothesis import strategies as st

from sparkify.ingest.record_schema import EVENTS, RecordSchema
from tests.support.judged import GOOD, PLAY

TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *("NextSong", "Home", "paid", "FREE", " free", "7", "7.0", "07", " 7 ", ""),
            *(" ", "NaN", "inf", "1e5", "12a", "BjÃ¶rk", r"Bj\303\266rk", "\0", "a "),
            *("é" * 512, "\x85" * 512, "À\x80", "\\", "{", "}", "٧", "1541105830796"),
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(-2, 2),
    st.integers(946_684_799_000, 4_102_444_801_000),
    st.floats(),
    st.sampled_from([-0.0, 1e300, 7.0, 1541105830796.0, 2.0**31, 2.0**63]),
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=5,
)


def keys(schema: RecordSchema) -> st.SearchStrategy[str]:
    """Return the keys of a schema, others that resemble them, and any text."""
    known = [column.key for column in schema.columns]
    odd = [key.lower() for key in known] + ["city", "state", "duration", "other"]
    return st.one_of(st.sampled_from(known), st.sampled_from(odd), TEXTS)


@st.composite
def odd_records(draw: st.DrawFn, schema: RecordSchema) -> str:
    """Draw a good record of which some members differ, as it is written."""
    record = dict(GOOD[schema])
    if schema is EVENTS and draw(st.booleans()):
        record |= PLAY
    for key in draw(st.lists(st.sampled_from(sorted(record)), max_size=2)):
        record.pop(key, None)
    members = [*record.items()]
    members += draw(st.lists(st.tuples(keys(schema), VALUES), max_size=3))
    is_ascii, separator = (
        draw(st.booleans()),
        draw(st.sampled_from([",", ", ", ",\n "])),
    )
    written = separator.join(
        f"{json.dumps(key, ensure_ascii=is_ascii)}:"
        f"{json.dumps(value, ensure_ascii=is_ascii)}"
        for key, value in members
    )
    return "{" + written + "}"
