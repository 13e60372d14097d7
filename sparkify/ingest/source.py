"""Where raw JSON objects lie: a folder of this machine or an `s3://` prefix.

Both flatten engines list and open objects through here. On S3, where each request
waits for an answer, many objects are fetched at once; on a local disk threads do
not help, so there they are read one after another.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, cast

from sparkify import s3
from sparkify.errors import SourceError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SUFFIXES = (".json", ".json.gz")
REQUESTS_IN_FLIGHT = 64
STREAMED_BYTES = 8 * 1024**2
FETCHES = 3


@dataclass(frozen=True)
class SourceObject:
    """One file or S3 object.

    Attributes:
        name: Its path below the source, with forward slashes.
        size: Its size as stored, in bytes.
    """

    name: str
    size: int


def is_source_object(name: str) -> bool:
    """Tells whether a path is JSON and not hidden (`.` or `_` before a part)."""
    return name.endswith(SUFFIXES) and not any(
        part.startswith((".", "_")) for part in name.split("/")
    )


@dataclass(frozen=True)
class LocalStore:
    """A folder of this machine.

    Attributes:
        root: The folder that holds `log_data/` and `song_data/`.
    """

    root: Path
    requests_in_flight: ClassVar[int] = 1

    def list(self, folder: str) -> list[SourceObject]:
        """Lists the objects below a folder, by name.

        Raises:
            SourceError: The folder is missing or cannot be listed.
        """
        top = self.root / folder
        if not top.is_dir():
            raise SourceError(
                f"source '{self.root}' has no folder '{folder}'; name a folder that "
                "holds log_data/ and song_data/"
            )
        found = sorted(self._walk(str(top), folder), key=lambda entry: entry.name)
        return _not_empty(found, top)

    def _walk(self, path: str, name: str) -> Iterator[SourceObject]:
        with _naming(name), os.scandir(path) as entries:
            for entry in entries:
                below = f"{name}/{entry.name}"
                if entry.is_dir():
                    if not entry.name.startswith((".", "_")):
                        yield from self._walk(entry.path, below)
                elif is_source_object(below):
                    with _naming(below):
                        below.encode()  # a name that is not UTF-8 has no place in rows
                        yield SourceObject(below, entry.stat().st_size)

    def open(self, found: SourceObject) -> BinaryIO:
        """Opens one object's bytes as stored."""
        return cast(BinaryIO, (self.root / found.name).open("rb", buffering=0))


@dataclass(frozen=True)
class S3Store:
    """A prefix of an S3 bucket; credentials come from the AWS chain.

    Attributes:
        bucket: The bucket.
        prefix: What stands before `log_data/` and `song_data/`, with no slash at
            either end; may be empty.
    """

    bucket: str
    prefix: str
    requests_in_flight: ClassVar[int] = REQUESTS_IN_FLIGHT

    @cached_property
    def _client(self) -> S3Client:
        try:
            import boto3
            from botocore import UNSIGNED
            from botocore.config import Config
        except ModuleNotFoundError as error:
            raise SourceError(
                "an s3:// source needs boto3; install it by pip install -e '.[aws]'"
            ) from error

        session = boto3.Session()
        config = Config(max_pool_connections=REQUESTS_IN_FLIGHT)
        if session.get_credentials() is None:  # a public bucket needs none
            config = config.merge(Config(signature_version=UNSIGNED))
        return session.client("s3", config=config)

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def list(self, folder: str) -> list[SourceObject]:
        """Lists the objects below a folder, by name.

        Raises:
            SourceError: The bucket cannot be listed, or holds nothing there.
        """
        prefix = self._key(folder) + "/"
        start = len(self._key(""))
        with _naming(s3.join(self.bucket, prefix)):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            listed = [
                SourceObject(entry["Key"][start:], entry["Size"])
                for page in pages
                for entry in page.get("Contents", [])
            ]
        found = [entry for entry in listed if is_source_object(entry.name)]
        found.sort(key=lambda entry: entry.name)
        return _not_empty(found, s3.join(self.bucket, prefix))

    def open(self, found: SourceObject) -> BinaryIO:
        """Opens one object's bytes as stored; a small one is fetched whole."""
        if found.size > STREAMED_BYTES:
            return self._get(found)
        for _ in range(FETCHES - 1):
            try:
                return BytesIO(self._get(found).read())
            except Exception as error:  # the client asks again, but does not read again
                if not _is_of_aws(error):
                    raise
        return BytesIO(self._get(found).read())

    def _get(self, found: SourceObject) -> BinaryIO:
        answer = self._client.get_object(Bucket=self.bucket, Key=self._key(found.name))
        return cast(BinaryIO, answer["Body"])


Store = LocalStore | S3Store


def _not_empty(found: list[SourceObject], place: str | Path) -> list[SourceObject]:
    """Refuses a place without an object: it is not there yet, or is not the one."""
    if not found:
        raise SourceError(
            f"there is no .json or .json.gz below '{place}'; name a source that holds "
            "log_data/ and song_data/"
        )
    return found


def open_store(source: str | Path) -> Store:
    """Gives the store of a folder or an `s3://bucket/prefix` address.

    Raises:
        SourceError: The folder is missing, or the address names no bucket.
    """
    text = str(source)
    if s3.is_s3(text):
        bucket, prefix = s3.split(text)
        if not bucket:
            raise SourceError(
                f"source '{text}' names no bucket; use s3://bucket/prefix"
            )
        return S3Store(bucket, prefix.strip("/"))
    if not Path(text).is_dir():
        raise SourceError(
            f"source '{text}' is not a folder; name one that holds log_data/ and "
            "song_data/, or an s3:// prefix"
        )
    return LocalStore(Path(text))


def read(
    store: Store, objects: Iterable[SourceObject], block_bytes: int
) -> Iterator[tuple[SourceObject, Iterator[bytes]]]:
    """Reads objects in order, each once, as blocks of unpacked bytes.

    Args:
        store: Where the objects lie.
        objects: What to read.
        block_bytes: The most that one block holds.

    Yields:
        Each object with its blocks, which are to be used up before the next.

    Raises:
        SourceError: An object cannot be read; the message names it.
    """
    for found, stream in _opened(store, objects):
        with stream:
            yield found, _blocks(found, stream, block_bytes)


def _opened(
    store: Store, objects: Iterable[SourceObject]
) -> Iterator[tuple[SourceObject, BinaryIO]]:
    if store.requests_in_flight == 1:
        for found in objects:
            with _naming(found.name):
                stream = store.open(found)
            yield found, stream
        return
    waiting = iter(objects)
    with ThreadPoolExecutor(store.requests_in_flight) as pool:

        def ask(found: SourceObject) -> tuple[SourceObject, Future[BinaryIO] | None]:
            is_large = found.size > STREAMED_BYTES  # and would go stale while it waits
            return found, None if is_large else pool.submit(store.open, found)

        requests = deque(map(ask, islice(waiting, store.requests_in_flight)))
        while requests:
            found, request = requests.popleft()
            with _naming(found.name):
                stream = request.result() if request else store.open(found)
            requests.extend(map(ask, islice(waiting, 1)))
            yield found, stream


def _blocks(found: SourceObject, stream: BinaryIO, block_bytes: int) -> Iterator[bytes]:
    with _naming(found.name):
        if found.name.endswith(".gz"):
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=stream))
        else:
            block_bytes = min(block_bytes, found.size + 1)
        while block := stream.read(block_bytes):
            yield block


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Turns whatever goes wrong while reading into an error that names the object."""
    try:
        yield
    except (OSError, EOFError, zlib.error, UnicodeEncodeError) as error:
        shown = name.encode(errors="backslashreplace").decode()
        raise SourceError(f"cannot read '{shown}': {error}") from error
    except Exception as error:
        if not _is_of_aws(error):
            raise
        raise SourceError(f"cannot read '{name}': {error}") from error


def _is_of_aws(error: Exception) -> bool:
    """Tells whether an error is the AWS client's, without importing it."""
    return type(error).__module__.partition(".")[0] in ("botocore", "boto3", "urllib3")
