"""Reads the objects of a source: each once, in order, as blocks of UTF-8.

All engines read through this module. From S3, where each request waits for a response,
it fetches many objects at once. From a local disk, where threads do not help, it reads
one object after another.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import BinaryIO

from sparkify.errors import ReconciliationError, SourceError
from sparkify.ingest.decoding import CountedStream, decode
from sparkify.ingest.read_errors import name_in_errors, shown
from sparkify.ingest.stores import STREAMED_BYTES, SourceObject, Store


class ObjectReading:
    """One object while it is read: an iterator of its blocks that counts them.

    Args:
        store: The store of the object.
        source_object: The object.
        stream: Its bytes as stored.
        block_bytes: The largest size of a block before decoding to UTF-8.

    Attributes:
        source_object: The object.
        bytes: The number of bytes in all blocks so far.
    """

    def __init__(
        self,
        store: Store,
        source_object: SourceObject,
        stream: BinaryIO,
        block_bytes: int,
    ) -> None:
        self.source_object = source_object
        self.bytes = 0
        self._version = partial(store.version, source_object, stream)
        self._stream = CountedStream(stream)
        self._block_bytes = block_bytes

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks of UTF-8.

        Raises:
            SourceError: The object cannot be read, or it changed since it was listed.
            ReconciliationError: Some of its bytes were lost.
        """
        listed = self.source_object
        with name_in_errors(listed.name):
            stored_bytes = min(self._block_bytes, listed.size + 1)
            for block in decode(self._stream, stored_bytes, self._block_bytes):
                self.bytes += len(block)
                if self._stream.bytes_read > listed.size:
                    break  # it grows while it is read
                yield block
            is_same = self._version() == listed.version
        if self._stream.bytes_read != listed.size or not is_same:
            raise SourceError(
                f"'{shown(listed.name)}' changed while it was read: it had "
                f"{listed.size:,} bytes when it was listed, and "
                f"{self._stream.bytes_read:,} were read; run again when nothing "
                "writes to it"
            )
        expected = self._stream.utf8_bytes
        if expected is not None and self.bytes != expected:
            raise ReconciliationError(
                f"'{shown(listed.name)}' holds {expected:,} bytes of text, but "
                f"{self.bytes:,} were read; nothing was published, please report it "
                "with the run's folder"
            )


def read(
    store: Store, objects: Iterable[SourceObject], block_bytes: int
) -> Iterator[ObjectReading]:
    """Read objects in order, each once, as blocks of UTF-8.

    Args:
        store: The store of the objects.
        objects: The objects to read.
        block_bytes: The largest size of a block before decoding to UTF-8.

    Yields:
        Each object; read all its blocks before the next object.

    Raises:
        SourceError: An object cannot be read; the message names it.
    """
    for source_object, stream in _open_objects(store, objects):
        with stream:
            yield ObjectReading(store, source_object, stream, block_bytes)


def _open_objects(
    store: Store, objects: Iterable[SourceObject]
) -> Iterator[tuple[SourceObject, BinaryIO]]:
    if store.requests_in_flight == 1:
        for source_object in objects:
            with name_in_errors(source_object.name):
                stream = store.open(source_object)
            yield source_object, stream
        return
    remaining = iter(objects)
    with ThreadPoolExecutor(store.requests_in_flight) as pool:

        def submit(
            source_object: SourceObject,
        ) -> tuple[SourceObject, Future[BinaryIO] | None]:
            # A large object is opened when it is read: its connection must not idle.
            is_large = source_object.size > STREAMED_BYTES
            request = None if is_large else pool.submit(store.open, source_object)
            return source_object, request

        requests = deque(map(submit, islice(remaining, store.requests_in_flight)))
        while requests:
            source_object, request = requests.popleft()
            with name_in_errors(source_object.name):
                stream = request.result() if request else store.open(source_object)
            requests.extend(map(submit, islice(remaining, 1)))
            yield source_object, stream
