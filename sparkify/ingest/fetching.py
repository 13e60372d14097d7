"""Fetches S3 objects ahead of their reader: many requests at once, within bounds.

An object is fetched in parts, small ones in one. A part that failed is fetched again;
what is read waits for no other object than the next one. Parts that nobody has read yet
are bounded in number and in bytes, so a few large objects do not fill the memory.
"""

from __future__ import annotations

import io
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from sparkify.ingest.read_errors import is_passing, name_in_errors
from sparkify.ingest.source_objects import SourceObject

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

REQUESTS_IN_FLIGHT = 64
PARTS_AHEAD = 4 * REQUESTS_IN_FLIGHT  # a slow request stops none of the others
BYTES_AHEAD = 64 * 1024**2
FETCH_ATTEMPTS = 5  # each of which the client has repeated itself
FIRST_PAUSE = 0.5  # seconds at most before the second attempt; then twice as many
LONGEST_PAUSE = 20.0  # seconds


class Part(NamedTuple):
    """Some bytes of an object, which one request fetches.

    Attributes:
        source_object: The object.
        start: The first byte.
        size: The number of bytes.
    """

    source_object: SourceObject
    start: int
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether the part is the whole object."""
        return self.size == self.source_object.size

    @property
    def is_last(self) -> bool:
        """Whether the object ends with the part."""
        return self.start + self.size == self.source_object.size


Fetch = Callable[[Part], bytes]


def fetch_all(
    fetch: Fetch, objects: Iterable[SourceObject], part_bytes: int
) -> Iterator[tuple[SourceObject, BinaryIO]]:
    """Fetch objects; yield each in order, with a stream of its bytes.

    Args:
        fetch: Fetches a part; it is called by several threads at once.
        objects: The objects.
        part_bytes: The size of the largest part.

    Yields:
        The objects; what is not read of one is passed over.

    Raises:
        SourceError: A part cannot be fetched; the message names the object.
    """
    pool = ThreadPoolExecutor(REQUESTS_IN_FLIGHT, "fetch")
    try:
        parts = _Ahead(fetch, _parts(objects, part_bytes), pool)
        while source_object := parts.next_object():
            stream = _Stream(parts)
            yield source_object, cast(BinaryIO, stream)
            stream.pass_over()
    finally:
        pool.shutdown(cancel_futures=True)


def _parts(objects: Iterable[SourceObject], part_bytes: int) -> Iterator[Part]:
    for entry in objects:
        for start in range(0, entry.size or 1, part_bytes):
            yield Part(entry, start, min(part_bytes, entry.size - start))


class _Ahead:
    """The parts that are being fetched, or were and wait for their reader.

    Args:
        fetch: Fetches a part.
        parts: All parts, in order.
        pool: The threads that fetch.
    """

    def __init__(
        self, fetch: Fetch, parts: Iterator[Part], pool: ThreadPoolExecutor
    ) -> None:
        self._fetch, self._parts, self._pool = fetch, parts, pool
        self._following = next(parts, None)
        self._waiting: deque[tuple[Part, Future[bytes]]] = deque()
        self._bytes = 0
        self._fill()

    def _fill(self) -> None:
        while (part := self._following) and self._has_room(part):
            future = self._pool.submit(_fetch_again, self._fetch, part)
            self._waiting.append((part, future))
            self._bytes += part.size
            self._following = next(self._parts, None)

    def _has_room(self, part: Part) -> bool:
        is_small = self._bytes + part.size <= BYTES_AHEAD
        return not self._waiting or (is_small and len(self._waiting) < PARTS_AHEAD)

    def next_object(self) -> SourceObject | None:
        """Return the object that the next part belongs to, if there is one."""
        return self._waiting[0][0].source_object if self._waiting else None

    def take(self) -> tuple[bytes, bool]:
        """Return the next part's bytes, and whether its object ends with it."""
        part, future = self._waiting.popleft()
        with name_in_errors(part.source_object.name):
            content = future.result()
        self._bytes -= part.size
        self._fill()
        return content, part.is_last


class _Stream(io.RawIOBase):
    """The bytes of the next object, which are taken when they are read."""

    def __init__(self, parts: _Ahead) -> None:
        self._parts = parts
        self._rest = memoryview(b"")
        self._is_ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not self._rest:
            self._rest = memoryview(self._take())
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def readall(self) -> bytes:
        return b"".join([self._rest, *iter(self._take, b"")])

    def pass_over(self) -> None:
        """Drop what was not read."""
        while not self._is_ended:
            self._take()

    def _take(self) -> bytes:
        content = b""
        while not content and not self._is_ended:
            content, self._is_ended = self._parts.take()
        return content


def _fetch_again(fetch: Fetch, part: Part) -> bytes:
    """Fetch a part, again and later each time while its errors may pass."""
    for attempt in range(FETCH_ATTEMPTS - 1):
        try:
            return fetch(part)
        except Exception as error:
            if not is_passing(error):
                raise
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
        sleep(random.uniform(0, longest))  # noqa: S311 (no secret)
    return fetch(part)
