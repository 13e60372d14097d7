"""Lists and opens the objects of a source: a local folder or an `s3://` prefix."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, NamedTuple, cast

from sparkify import s3
from sparkify.errors import SourceError
from sparkify.ingest.read_errors import is_aws_error, name_in_errors

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SUFFIXES = ("json", "jsonl", "ndjson")
COMPRESSED_SUFFIXES = ("gz", "bz2", "xz", "zst", "zstd")
REQUESTS_IN_FLIGHT = 64
STREAMED_BYTES = 8 * 1024**2  # an S3 object of more bytes is streamed, not fetched
FETCH_ATTEMPTS = 3

FOLDER = "folder"
HIDDEN = "hidden or system files"
IRREGULAR = "entries that are not files"
NO_SUFFIX = "files without a suffix"


class SourceObject(NamedTuple):
    """A file or an S3 object.

    Attributes:
        name: The path relative to the source, with forward slashes.
        size: The size as stored, in bytes.
        version: The time of modification in nanoseconds, or the ETag.
    """

    name: str
    size: int
    version: str


@dataclass(frozen=True)
class Listing:
    """What a folder of the source holds, at any depth.

    Attributes:
        objects: The objects to read, sorted by name.
        unread: The number of other files, by kind.
    """

    objects: tuple[SourceObject, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)


def unread_kind(name: str) -> str:
    """Return why a path is not read; an empty text if it is.

    Read are JSON files in any case, compressed or not, of which no part starts with
    `.` or `_`. The content may differ from the suffix.
    """
    if name.startswith((".", "_")) or "/." in name or "/_" in name:
        return HIDDEN
    _, *suffixes = name.rpartition("/")[2].lower().split(".")
    return _suffix_kind(tuple(suffixes[-2:]))


@cache
def _suffix_kind(suffixes: tuple[str, ...]) -> str:
    """Return why a file with these last suffixes is not read."""
    if not suffixes or not suffixes[-1]:
        return NO_SUFFIX
    packed = suffixes[:-1] if suffixes[-1] in COMPRESSED_SUFFIXES else suffixes
    is_read = packed and packed[-1] in SUFFIXES
    return "" if is_read else f"*.{suffixes[-1]} files"


@dataclass(frozen=True)
class LocalStore:
    """A local folder.

    Attributes:
        root: The folder that holds `log_data/` and `song_data/`.
    """

    root: Path
    requests_in_flight: ClassVar[int] = 1

    @property
    def address(self) -> str:
        """The folder, for messages."""
        return str(self.root)

    def folders(self) -> list[str]:
        """Return the names of the folders directly in the source, sorted.

        Raises:
            SourceError: The source cannot be listed.
        """
        with name_in_errors(self.address), os.scandir(self.root) as entries:
            names = [entry.name for entry in entries if entry.is_dir()]
        return sorted(name for name in names if not unread_kind(f"{name}/x.json"))

    def list(self, folder: str) -> Listing:
        """Return what a folder holds; nothing if it is missing.

        Raises:
            SourceError: The folder or one in it cannot be listed.
        """
        objects: list[SourceObject] = []
        unread: Counter[str] = Counter()
        above: dict[str, frozenset[tuple[int, int]]] = {folder: frozenset()}
        remaining = [folder] if (self.root / folder).is_dir() else []
        while remaining:
            name = remaining.pop()
            with name_in_errors(name), os.scandir(self.root / name) as entries:
                here = (self.root / name).stat()
                ancestors = above.pop(name) | {(here.st_dev, here.st_ino)}
                for entry in entries:
                    below = f"{name}/{entry.name}"
                    kind = self._kind(entry, below, ancestors)
                    if kind == FOLDER:
                        above[below] = ancestors
                        remaining.append(below)
                    elif kind:
                        unread[kind] += 1
                    else:
                        objects.append(_local_object(entry, below))
        objects.sort(key=lambda entry: entry.name)
        return Listing(tuple(objects), dict(sorted(unread.items())))

    def _kind(
        self, entry: os.DirEntry[str], name: str, ancestors: frozenset[tuple[int, int]]
    ) -> str:
        """Return `FOLDER`, why an entry is not read, or an empty text if it is."""
        if entry.name.startswith((".", "_")):
            return HIDDEN
        try:
            status = entry.stat() if entry.is_dir() else None
        except OSError:  # a link to itself
            return IRREGULAR
        if status:
            is_cycle = (status.st_dev, status.st_ino) in ancestors
            return IRREGULAR if is_cycle else FOLDER
        if kind := unread_kind(name):
            return kind
        return "" if entry.is_file() or entry.is_symlink() else IRREGULAR

    def open(self, source_object: SourceObject) -> BinaryIO:
        """Open an object; return its bytes as stored."""
        path = f"{self.root}/{source_object.name}"
        return cast(BinaryIO, open(path, "rb", buffering=0))  # noqa: PTH123 (fast)

    def version(self, source_object: SourceObject, stream: BinaryIO) -> str:
        """Return the version of an object that was opened, as it is now."""
        return str(os.fstat(stream.fileno()).st_mtime_ns)


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

    @property
    def address(self) -> str:
        """The prefix, for messages."""
        return s3.join(self.bucket, self.prefix)

    def folders(self) -> list[str]:
        """Return the names of the folders directly in the source, sorted.

        Raises:
            SourceError: The bucket cannot be listed.
        """
        prefix = self._key("")
        with name_in_errors(self.address):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix, Delimiter="/"
            )
            names = [
                entry["Prefix"][len(prefix) : -1]
                for page in pages
                for entry in page.get("CommonPrefixes", [])
            ]
        return sorted(name for name in names if not unread_kind(f"{name}/x.json"))

    def list(self, folder: str) -> Listing:
        """Return what a folder holds; nothing if it is missing.

        Raises:
            SourceError: The bucket cannot be listed.
        """
        prefix = self._key(folder) + "/"
        start = len(self._key(""))
        objects = []
        unread: Counter[str] = Counter()
        with name_in_errors(s3.join(self.bucket, prefix)):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            for page in pages:
                for entry in page.get("Contents", []):
                    name = entry["Key"][start:]
                    if kind := unread_kind(name):
                        unread[kind] += not name.endswith("/")
                        continue
                    objects.append(SourceObject(name, entry["Size"], entry["ETag"]))
        objects.sort(key=lambda entry: entry.name)
        return Listing(tuple(objects), {k: n for k, n in sorted(unread.items()) if n})

    def version(self, source_object: SourceObject, stream: BinaryIO) -> str:
        """Return the version of an object; a request for another one is refused."""
        return source_object.version

    def open(self, source_object: SourceObject) -> BinaryIO:
        """Open an object; return its bytes as stored, fetched whole if it is small."""
        if source_object.size > STREAMED_BYTES:
            return self._get(source_object)
        for _ in range(FETCH_ATTEMPTS - 1):
            try:
                return BytesIO(self._get(source_object).read())
            except Exception as error:  # the client retries requests, but not reads
                if not is_aws_error(error):
                    raise
        return BytesIO(self._get(source_object).read())

    def _get(self, source_object: SourceObject) -> BinaryIO:
        key = self._key(source_object.name)
        response = self._client.get_object(
            Bucket=self.bucket, Key=key, IfMatch=source_object.version
        )
        return cast(BinaryIO, response["Body"])


Store = LocalStore | S3Store


def _local_object(entry: os.DirEntry[str], name: str) -> SourceObject:
    with name_in_errors(name):
        name.encode()  # fails for a name that a row cannot hold
        status = entry.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a regular file")
        return SourceObject(name, status.st_size, str(status.st_mtime_ns))


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
