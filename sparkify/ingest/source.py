"""Reads the objects of a source: each once, in order, as blocks of UTF-8.

All engines read through this module. The stores open the objects: S3's fetches many of
them at once.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from sparkify.errors import ReconciliationError, SourceError
from sparkify.ingest.decoding import CountedStream, decode
from sparkify.ingest.read_errors import name_in_errors, shown
from sparkify.ingest.stores import SourceObject, Store


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
        self._store = store
        self._stored = stream
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
            is_same = self._store.version(listed, self._stored) == listed.version
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
    for source_object, stream in store.open_all(objects, block_bytes):
        with stream:
            yield ObjectReading(store, source_object, stream, block_bytes)
