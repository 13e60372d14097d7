"""JSON objects are found in any layout, and what is broken costs only itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from sparkify.ingest import splitting
from tests.support.sources import BYTE_ORDER_MARK, read_one, texts

BLOCKS = (8, 61, 8 * 1024**2)
VALUES = [
    {"a": 1},
    {"b": {"c": ["}{", "\\"]}},
    {},
    {"é": "🎵 \u2028"},
    {"d": [{}, [[]]]},
]
ONE = [json.dumps(value) for value in VALUES]
PRETTY = [json.dumps(value, indent=2) for value in VALUES]

LAYOUTS = {
    "one a line": "\n".join(ONE),
    "one a line, ended": "\n".join(ONE) + "\n",
    "CRLF": "\r\n".join(ONE) + "\r\n",
    "CR only": "\r".join(ONE),
    "glued": "".join(ONE),
    "spaces between": " ".join(ONE),
    "commas between": ", ".join(ONE),
    "a semicolon at the end of each line": ";\n".join(ONE) + ";\n",
    "a separator before each line": "\n\x1e".join(["", *ONE]),
    "a comma at the end of each line": ",\n".join(ONE) + ",\n",
    "blank lines": "\n\n \n".join(["", *ONE, ""]),
    "pretty-printed": "\n".join(PRETTY),
    "pretty-printed with CRLF": "\n".join(PRETTY).replace("\n", "\r\n"),
    "pretty-printed and glued": "".join(PRETTY),
    "an array on one line": json.dumps(VALUES),
    "an array on one line, ended": json.dumps(VALUES) + "\n",
    "an array, one a line": "[" + ",\n".join(ONE) + "]",
    "an array, its brackets apart": "[\n" + ",\n".join(ONE) + "\n]\n",
    "an array, commas first": "[\n" + "\n,".join(ONE) + "\n]\n",
    "an array, pretty-printed": json.dumps(VALUES, indent=4),
    "an array of arrays": json.dumps([VALUES[:2], [], [VALUES[2:]]]),
    "arrays that follow one another": json.dumps(VALUES[:2]) + json.dumps(VALUES[2:]),
    "files with marks, glued": "\ufeff".join(ONE),
    "files with marks, a line each": "\n\ufeff".join(ONE),
    "two a line": f"{ONE[0]}{ONE[1]}\n{ONE[2]} {ONE[3]}\n{ONE[4]}",
    "all mixed": f"{ONE[0]}\n{PRETTY[1]}\n[{ONE[2]},\n{PRETTY[3]}]\n{ONE[4]}",
}


@pytest.mark.parametrize("block_bytes", BLOCKS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_objects_are_found_in_order_whatever_the_layout(
    layout: str, block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", block_bytes)
    content = LAYOUTS[layout].encode()
    for opening in (b"", BYTE_ORDER_MARK):
        found = read_one(tmp_path, opening + content)
        assert [json.loads(row["raw"]) for row in found] == VALUES
        assert [row["record"] for row in found] == [1, 2, 3, 4, 5]


def test_a_record_has_the_line_on_which_it_begins(tmp_path: Path) -> None:
    content = b'[\n{"a":1}, {"a":2},\n\n {\n"a":\n3}, {"a":4}\n]\n{"a":5}{"a":6}'
    lines = content.split(b"\n")
    expected = [
        next(n for n, line in enumerate(lines, 1) if b'"a":%d' % value in line)
        for value in (1, 2, 4, 5, 6)
    ]
    opening = lines.index(b" {") + 1
    assert [row["line"] for row in read_one(tmp_path, content)] == [
        *expected[:2],
        opening,
        *expected[2:],
    ]


G1, G2, G3 = '{"good":1}', '{"good":{"x":2}}', '{"good":3}'
P2 = '{\n  "good": {\n    "x": 2\n  }\n}'

# A text, and its records: what is broken is one of them.
BROKEN = {
    "a line of rubbish": (f"{G1}\nrubbish\n{G3}", [G1, "rubbish", G3]),
    "rubbish after a record": (f"{G1}\n{G2} rubbish\n{G3}", [G1, G2, "rubbish", G3]),
    "a brace too many": (f"{G1}}}\n{G3}", [G1, "}", G3]),
    "a comment after a record": (f"{G1} # {G2}\n{G3}", [G1, "#", G2, G3]),
    "a comment in a pretty one": (
        f'{{ // x\n  "a": 1,\n  // {G1}\n  "b": 2\n}}\n{G3}',
        [f'{{ // x\n  "a": 1,\n  // {G1}\n  "b": 2\n}}', G3],
    ),
    "a cut-off line": (f'{G1}\n{{"a":{{"b"\n{G3}', [G1, '{"a":{"b"', G3]),
    "a line cut off in a text": (f'{G1}\n{{"a":{{"b\n{G3}', [G1, '{"a":{"b', G3]),
    "a cut-off line, then a pretty one": (
        f'{G1}\n{{"a":{{"b"\n{P2}\n{G3}',
        [G1, '{"a":{"b"', P2, G3],
    ),
    "cut off at the end": (f'{G1}\n{G2}\n{{"a":{{', [G1, G2, '{"a":{']),
    "a pretty one cut off at the end": (f"{G1}\n{P2[:-6]}", [G1, P2[:-6].rstrip()]),
    "a broken pretty one": (
        f'{P2}\n{{\n  "a": oops,\n  "b": {{\n  }}\n}}\n{P2}\n{G3}',
        [P2, '{\n  "a": oops,\n  "b": {\n  }\n}', P2, G3],
    ),
    "a broken one in a pretty array": (
        f'[\n  {P2},\n  {{\n    "a": oops\n  }},\n  {P2},\n  {P2}\n]',
        [P2, '{\n    "a": oops\n  }', P2, P2],
    ),
    "broken ones glued": (
        f"{G1}{{'a':{{}}}}{G2}{{oops}}{G3}",
        [G1, "{'a':{}}", G2, "{oops}", G3],
    ),
    "a broken one in an array": (
        f"[{G1}, {{oops}}, {G2}, {G3}]",
        [G1, "{oops}", G2, G3],
    ),
    "a trailing comma": (f'{{"a":{{}},}}\n{G3}', ['{"a":{},}', G3]),
    "a record without its opening": (f'"b":{{}}}}\n{G3}', ['"b":{}}', G3]),
    "numbers and texts": (f'1\n"x"\nnull\n{G3}', ["1", '"x"', "null", G3]),
    "an array of numbers": (f"[1, 2]\n{G3}", ["[1, 2]", G3]),
    "NUL bytes": (f"{G1}\n\0\0\0\n{G3}", [G1, "\0\0\0", G3]),
    "CSV with a JSON column": (
        'id,json\n1,"{""a"":1}"\n',
        ["id,json", '1,"{""a"":1}"'],
    ),
}


@pytest.mark.parametrize("block_bytes", BLOCKS)
@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_broken_is_one_record_and_what_follows_still_loads(
    kind: str, block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", block_bytes)
    content, expected = BROKEN[kind]
    assert texts(tmp_path, content.encode()) == expected


@pytest.mark.parametrize("block_bytes", [100, 8 * 1024**2])
@pytest.mark.parametrize("separator", ["", "\n", ",\n  "])
def test_good_records_behind_many_broken_ones_are_found(
    separator: str, block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", block_bytes)
    broken = ["{\n'a': {'b': 1}}"] * 100
    good = [f'{{"good":{{"x":{number}}}}}' for number in range(100)]
    found = texts(tmp_path, separator.join(broken + good).encode())
    assert found[-70:] == good[-70:]


def test_many_brackets_are_layout_only_if_they_close(tmp_path: Path) -> None:
    depth = 1_000_000
    assert texts(tmp_path, b"[" * depth + b"]" * depth + G1.encode()) == [G1]
    (found,) = texts(tmp_path, b"[" * depth + b"x")
    assert len(found) == depth + 1


@pytest.mark.parametrize("opening", ["{", '{"a":', '{"a":[', '{"'])
def test_an_object_nested_too_deeply_costs_only_its_line(
    opening: str, tmp_path: Path
) -> None:
    deep = opening * 100_000
    assert texts(tmp_path, f"{G1}\n{deep}\n{G2}".encode()) == [G1, deep, G2]
    closed = deep + "1" + "]" * opening.count("[") * 100_000 + "}" * 100_000
    assert texts(tmp_path, f"{G1}\n{closed}\n{G2}".encode()) == [G1, closed, G2]


def test_a_record_behind_many_broken_ones_on_a_long_line_is_found(
    tmp_path: Path,
) -> None:
    broken = b"{'a': {'b': 1}}" * 20_000
    assert texts(tmp_path, broken + b'\n{"good":3}')[-1] == G3


FIRST, SECOND, THIRD = (
    {"ts": n, "page": "]}", "sessionId": 1, "itemInSession": 2} for n in range(3)
)
BOTH = [json.dumps(FIRST), json.dumps(SECOND)]
HITS = [{"_id": n, "_source": each} for n, each in enumerate((FIRST, SECOND))]

# An object, and what is found in it besides its records.
WRAPPERS: dict[str, tuple[Any, str]] = {
    "a list": ({"Records": [FIRST, SECOND]}, ""),
    "by key": ({"1": FIRST, '2": {': SECOND}, ""),
    "a list and its length": ({"Items": [FIRST, SECOND], "Count": 2}, "Count"),
    "the length first": ({"Count": 2, "x": {"Items": [FIRST, SECOND]}}, "Count"),
    "an odd item": ({"Items": [FIRST, None, SECOND]}, "null"),
    "a small item": ({"Items": [FIRST, {"odd": 1}, SECOND]}, "odd"),
    "lists in lists": ({"a": [[FIRST], [[SECOND]]]}, ""),
}


@pytest.mark.parametrize("block_bytes", [8, 61, 8 * 1024**2])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("kind", WRAPPERS)
def test_the_records_in_another_object_are_found(
    kind: str,
    indent: int | None,
    block_bytes: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", block_bytes)
    wrapper, other = WRAPPERS[kind]
    wrapped = json.dumps(wrapper, indent=indent)
    content = f"{wrapped}{wrapped}\n{wrapped};x\n{BOTH[0]}\n"
    found = texts(tmp_path, content.encode())
    records = [text for text in found if '"ts"' in text]
    assert [json.loads(text) for text in records] == [FIRST, SECOND] * 3 + [FIRST]
    rest = [text for text in found if '"ts"' not in text and text not in ("x", ";x")]
    assert len(rest) == (3 if other else 0)
    assert all(other in text for text in rest)


def test_a_key_that_hides_another_hides_no_record(tmp_path: Path) -> None:
    for text in (
        f'{{"Item":{BOTH[0]},"Item":{BOTH[1]}}}',
        f'{{"Records":[{BOTH[0]}],"Records":[{BOTH[1]}]}}',
        f'{{"a":{{"x":1}},"a":{BOTH[0]},"b":{BOTH[1]}}}',
    ):
        assert [t for t in texts(tmp_path, text.encode()) if "ts" in t] == BOTH


@pytest.mark.parametrize(
    "whole",
    [
        {"Records": [FIRST], "more": 1},
        {"_source": FIRST, "_id": 1},
        {"meta": {"a": 1, "b": 2, "c": 3, "d": 4}, "data": FIRST},
        {"tags": [{"a": 1, "b": 2, "c": 3, "d": 4}] * 2},
        FIRST | {"inner": [SECOND, SECOND]},
        {"a": [1]},
        {"a": []},
    ],
)
def test_an_object_with_one_record_or_none_stays_whole(
    whole: dict[str, Any], tmp_path: Path
) -> None:
    text = json.dumps(whole)
    assert texts(tmp_path, f"{text}{text}".encode()) == [text, text]


def test_each_hit_of_a_search_stays_whole(tmp_path: Path) -> None:
    found = texts(tmp_path, json.dumps({"hits": {"hits": HITS}}).encode())
    assert found == [json.dumps(hit) for hit in HITS]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f'{{"Records": [{BOTH[0]}, {BOTH[1]}, {{"ts"', [*BOTH, '{"ts"']),
        (f'{{"Records": [{BOTH[0]}, oops, {BOTH[1]}]}}', [BOTH[0], "oops,", BOTH[1]]),
        (f'{{"1": {BOTH[0]}, "2": {BOTH[1]}, "3": {{"ts"', [*BOTH, '{"ts"']),
        (f'{{"ts": 1, "pa{BOTH[0]}\n{BOTH[1]}', ['{"ts": 1, "pa', *BOTH]),
        (f'{{"ts": 1, "pa\n[{BOTH[0]},\n{BOTH[1]}]', ['{"ts": 1, "pa', *BOTH]),
    ],
)
def test_a_broken_wrapper_costs_no_record(
    content: str, expected: list[str], tmp_path: Path
) -> None:
    assert texts(tmp_path, content.encode()) == expected


@pytest.mark.parametrize("end", ["]}", "]\n}\n", '],\n"next":null}'])
@pytest.mark.parametrize("separator", [",", ",\n  "])
@pytest.mark.parametrize("item", ["", '{"Item":'])
def test_a_list_in_an_object_may_be_longer_than_a_record(
    item: str,
    separator: str,
    end: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", 100)
    close = "}" if item else ""
    items = f"{close}{separator}{item}".join(BOTH * 50)
    content = f'{{"Records": [{item}{items}{close}{end}'.encode()
    found = texts(tmp_path, content, most_record_bytes=1000)
    last = ['"next":null}'] if "next" in end else []
    assert found == [f"{item}{text}{close}" for text in BOTH * 50] + last


def test_a_long_record_that_begins_with_a_list_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", 100)
    tags = [{"a": n, "b": 2, "c": 3, "d": 4} for n in range(100)]
    content = f"{json.dumps({'tags': tags} | FIRST)}\n{BOTH[1]}\n".encode()
    long, other = read_one(tmp_path, content, most_record_bytes=1000)
    assert (long["is_whole"], other["raw"]) == (False, BOTH[1])
