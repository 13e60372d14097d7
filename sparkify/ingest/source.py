"""Lists and reads the objects of a source: a local folder or an `s3://` prefix.

All engines read the source through this module. From S3, where each request waits for
a response, it fetches many objects at once. From a local disk, where threads do not
help, it reads one object after another.
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
STREAMED_BYTES = 8 * 1024**2  # an S3 object of more bytes is streamed, not fetched
FETCH_ATTEMPTS = 3


@dataclass(frozen=True)
class SourceObject:
    """A file or an S3 object.

    Attributes:
        name: The path relative to the source, with forward slashes.
        size: The size as stored, in bytes.
    """

    name: str
    size: int


def is_source_object(name: str) -> bool:
    """Return whether a path is a JSON file and no part of it starts with `.` or `_`."""
    return name.endswith(SUFFIXES) and not any(
        part.startswith((".", "_")) for part in name.split("/")
    )


@dataclass(frozen=True)
class LocalStore:
    """A local folder.

    Attributes:
        root: The folder that holds `log_data/` and `song_data/`.
    """

    root: Path
    requests_in_flight: ClassVar[int] = 1

    def list(self, folder: str) -> list[SourceObject]:
        """Return the objects in a folder, at any depth, sorted by name.

        Raises:
            SourceError: The folder is missing or empty, or it cannot be listed.
        """
        top = self.root / folder
        if not top.is_dir():
            raise SourceError(
                f"source '{self.root}' has no folder '{folder}'; choose a folder that "
                "holds log_data/ and song_data/"
            )
        found = sorted(self._walk(str(top), folder), key=lambda entry: entry.name)
        return _require_objects(found, top)

    def _walk(self, path: str, name: str) -> Iterator[SourceObject]:
        with _name_in_errors(name), os.scandir(path) as entries:
            for entry in entries:
                below = f"{name}/{entry.name}"
                if entry.is_dir():
                    if not entry.name.startswith((".", "_")):
                        yield from self._walk(entry.path, below)
                elif is_source_object(below):
                    with _name_in_errors(below):
                        below.encode()  # fails for a name that a row cannot hold
                        yield SourceObject(below, entry.stat().st_size)

    def open(self, source_object: SourceObject) -> BinaryIO:
        """Open an object; return its bytes as stored."""
        return cast(BinaryIO, (self.root / source_object.name).open("rb", buffering=0))


@dataclass(frozen=True)
class S3Store:
    """A prefix in an S3 bucket; credentials come from the AWS chain.

    Attributes:
        bucket: The bucket.
        prefix: The prefix of `log_data/` and `song_data/`, without a slash at either
            end; may be empty.
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
                "an s3:// source needs boto3; install it with pip install -e '.[aws]'"
            ) from error

        session = boto3.Session()
        config = Config(max_pool_connections=REQUESTS_IN_FLIGHT)
        if session.get_credentials() is None:  # a public bucket needs none
            config = config.merge(Config(signature_version=UNSIGNED))
        return session.client("s3", config=config)

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def list(self, folder: str) -> list[SourceObject]:
        """Return the objects in a folder, at any depth, sorted by name.

        Raises:
            SourceError: The folder is empty, or the bucket cannot be listed.
        """
        prefix = self._key(folder) + "/"
        start = len(self._key(""))
        with _name_in_errors(s3.join(self.bucket, prefix)):
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
        return _require_objects(found, s3.join(self.bucket, prefix))

    def open(self, source_object: SourceObject) -> BinaryIO:
        """Open an object; return its bytes as stored, fetched whole if it is small."""
        if source_object.size > STREAMED_BYTES:
            return self._get(source_object)
        for _ in range(FETCH_ATTEMPTS - 1):
            try:
                return BytesIO(self._get(source_object).read())
            except Exception as error:  # the client retries requests, but not reads
                if not _is_aws_error(error):
                    raise
        return BytesIO(self._get(source_object).read())

    def _get(self, source_object: SourceObject) -> BinaryIO:
        key = self._key(source_object.name)
        response = self._client.get_object(Bucket=self.bucket, Key=key)
        return cast(BinaryIO, response["Body"])


Store = LocalStore | S3Store


def _require_objects(
    objects: list[SourceObject], address: str | Path
) -> list[SourceObject]:
    """Return objects; raise an error if there are none, as in a wrong folder."""
    if not objects:
        raise SourceError(
            f"there is no .json or .json.gz below '{address}'; choose a source that "
            "holds log_data/ and song_data/"
        )
    return objects


def open_store(source: str | Path) -> Store:
    """Return the store of a folder or of an `s3://bucket/prefix` address.

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
            f"source '{text}' is not a folder; choose one that holds log_data/ and "
            "song_data/, or an s3:// prefix"
        )
    return LocalStore(Path(text))


def read(
    store: Store, objects: Iterable[SourceObject], block_bytes: int
) -> Iterator[tuple[SourceObject, Iterator[bytes]]]:
    """Read objects in order, each once, as blocks of decompressed bytes.

    Args:
        store: The store of the objects.
        objects: The objects to read.
        block_bytes: The largest size of a block.

    Yields:
        Each object with its blocks; read all blocks before the next object.

    Raises:
        SourceError: An object cannot be read; the message names it.
    """
    for source_object, stream in _open_objects(store, objects):
        with stream:
            yield source_object, _blocks(source_object, stream, block_bytes)


def _open_objects(
    store: Store, objects: Iterable[SourceObject]
) -> Iterator[tuple[SourceObject, BinaryIO]]:
    if store.requests_in_flight == 1:
        for source_object in objects:
            with _name_in_errors(source_object.name):
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
            with _name_in_errors(source_object.name):
                stream = request.result() if request else store.open(source_object)
            requests.extend(map(submit, islice(remaining, 1)))
            yield source_object, stream


def _blocks(
    source_object: SourceObject, stream: BinaryIO, block_bytes: int
) -> Iterator[bytes]:
    with _name_in_errors(source_object.name):
        if source_object.name.endswith(".gz"):
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=stream))
        else:
            block_bytes = min(block_bytes, source_object.size + 1)
        while block := stream.read(block_bytes):
            yield block


@contextmanager
def _name_in_errors(name: str) -> Iterator[None]:
    """Raise any error of reading as a SourceError that names the object."""
    try:
        yield
    except (OSError, EOFError, zlib.error, UnicodeEncodeError) as error:
        shown = name.encode(errors="backslashreplace").decode()
        raise SourceError(f"cannot read '{shown}': {error}") from error
    except Exception as error:
        if not _is_aws_error(error):
            raise
        raise SourceError(f"cannot read '{name}': {error}") from error


def _is_aws_error(error: Exception) -> bool:
    """Return whether an error comes from the AWS client, without importing it."""
    return type(error).__module__.partition(".")[0] in ("botocore", "boto3", "urllib3")
