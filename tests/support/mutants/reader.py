"""Mutants of the reader: of what it takes in, and of what it gives out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pyarrow as pa

from sparkify.ingest import record_text, scanning, source, splitting

from .mutant import Change, Harm, Mutant, repeat_a_row, swap_rows


def change_records(change: Change) -> Harm:
    def harm(split: Harm, *given: Any) -> Any:
        batch, rest = split(*given)
        return replace(batch, records=change(batch.records)), rest

    return harm


def change_spans(change: Callable[[Any], Any]) -> Harm:
    def harm(find: Harm, text: Any) -> Any:
        starts, ends = find(text)
        return change(starts), change(ends)

    return harm


def change_blocks(change: Callable[[list[bytes]], list[bytes]]) -> Harm:
    def harm(decode: Harm, *given: Any) -> Iterator[bytes]:
        yield from change(list(decode(*given)))

    return harm


def cut_a_text(take: Harm, *given: Any) -> Any:
    raw, *others = take(*given)
    first, *rest = raw.to_pylist()
    return pa.array([first[:-30] + "\n", *rest], pa.string()), *others


def cut_first_line(split: Harm, pieces: Any, most_record_bytes: int) -> Any:
    first, *others = pieces
    data = first.data[first.data.find(b"\n") + 1 :]
    return split([first._replace(data=data), *others], most_record_bytes)


def lose_a_scanned_record(records: Harm, scanner: Any) -> Iterator[Any]:
    yield from islice(records(scanner), 1, None)


def skip_an_object(read_objects: Harm, *given: Any) -> Iterator[Any]:
    for number, reading in enumerate(read_objects(*given)):
        if number != 1:
            yield reading


def read_an_object_twice(
    read_objects: Harm, store: Any, objects: Iterable[Any], size: int
) -> Iterator[Any]:
    listed = list(objects)
    yield from read_objects(store, [*listed[:1], *listed], size)


READER = [
    Mutant(
        "a batch loses a record",
        splitting,
        "_split",
        change_records(lambda records: records.slice(1)),
    ),
    Mutant(
        "a batch repeats a record",
        splitting,
        "_split",
        change_records(repeat_a_row),
    ),
    Mutant(
        "a batch has one record twice and another not",
        splitting,
        "_split",
        change_records(swap_rows),
    ),
    Mutant("a text is cut", record_text.RecordText, "take", cut_a_text),
    Mutant("a line is lost before the split", splitting, "_split", cut_first_line),
    Mutant(
        "the place of a record is lost",
        record_text.RecordText,
        "find_records",
        change_spans(lambda indices: indices[:-1]),
    ),
    Mutant(
        "the place of a record is there twice",
        record_text.RecordText,
        "find_records",
        change_spans(lambda indices: indices[[0, *range(len(indices))]]),
    ),
    Mutant(
        "the scanner loses a record",
        scanning.Scanner,
        "records",
        lose_a_scanned_record,
    ),
    Mutant(
        "a block is lost",
        source,
        "decode",
        change_blocks(lambda blocks: blocks[:1] + blocks[2:]),
    ),
    Mutant(
        "the tail is lost", source, "decode", change_blocks(lambda blocks: blocks[:-1])
    ),
    Mutant(
        "a block is there twice",
        source,
        "decode",
        change_blocks(lambda blocks: blocks[:1] + blocks),
    ),
    Mutant(
        "the lines of a block are cut",
        source,
        "decode",
        change_blocks(lambda blocks: [block[: block.rfind(b"\n")] for block in blocks]),
    ),
    Mutant("an object is lost", splitting, "read", skip_an_object),
    Mutant("an object is read twice", splitting, "read", read_an_object_twice),
]
