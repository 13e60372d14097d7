"""Lists and opens the objects of a source: a local folder or an `s3://` prefix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from sparkify import s3
from sparkify.errors import SourceError
from sparkify.ingest.fetching import REQUESTS_IN_FLIGHT, Part, fetch_all
from sparkify.ingest.local_store import LocalStore
from sparkify.ingest.read_errors import CHANGED, name_in_errors
from sparkify.ingest.source_objects import (
    HIDDEN,
    IRREGULAR,
    JSON_FILES,
    NO_SUFFIX,
    UNLISTED,
    Listing,
    SourceObject,
    by_kind,
    unread_kind,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

__all__ = [
    "HIDDEN",
    "IRREGULAR",
    "NO_SUFFIX",
    "Listing",
    "LocalStore",
    "S3Store",
    "SourceObject",
    "Store",
    "open_store",
]

CLIENT_ATTEMPTS = 5  # of one request, in about 8 seconds


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
        config = Config(
            max_pool_connections=REQUESTS_IN_FLIGHT,
            retries={"mode": "adaptive", "total_max_attempts": CLIENT_ATTEMPTS},
        )
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
        names = [
            entry["Prefix"][len(prefix) : -1]
            for page in self._pages(prefix, "/")
            for entry in page.get("CommonPrefixes", [])
        ]
        return sorted(name for name in names if not unread_kind(f"{name}/x.json"))

    def list(self, folder: str) -> Listing:
        """Return what a folder holds; nothing if it is missing.

        Raises:
            SourceError: The bucket cannot be listed.
        """
        objects = []
        unread: Counter[str] = Counter()
        for page in self._pages(f"{self._key(folder)}/"):
            for entry in self._objects(page):
                if kind := unread_kind(entry.name):
                    unread[kind] += 1
                else:
                    objects.append(entry)
        objects.sort(key=lambda entry: entry.name)
        return Listing(tuple(objects), by_kind(unread))

    def outside(self, read: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield each object that is in none of some folders: its name and its kind.

        A folder that cannot be listed stands for what it holds.

        Args:
            read: The folders directly in the source that are left out.
        """
        root = self._key("")
        left_out = {f"{root}{folder}/" for folder in read}
        remaining = [(root, "/")]
        while remaining:
            prefix, delimiter = remaining.pop()
            try:
                for page in self._pages(prefix, delimiter):
                    for entry in self._objects(page):
                        yield entry.name, unread_kind(entry.name) or JSON_FILES
                    remaining += [
                        (found["Prefix"], "")
                        for found in page.get("CommonPrefixes", [])
                        if found["Prefix"] not in left_out
                    ]
            except SourceError:
                yield prefix[len(root) :] or "/", UNLISTED

    def _pages(
        self, prefix: str, delimiter: str = ""
    ) -> Iterator[ListObjectsV2OutputTypeDef]:
        """Yield the pages of a listing; raise an error if a part of it is missing."""
        is_cut = False
        with name_in_errors(s3.join(self.bucket, prefix)):
            paginate = self._client.get_paginator("list_objects_v2").paginate
            if delimiter:
                paginate = partial(paginate, Delimiter=delimiter)
            for page in paginate(Bucket=self.bucket, Prefix=prefix):
                found = [*page.get("Contents", []), *page.get("CommonPrefixes", [])]
                count = page.get("KeyCount", len(found))
                if count > len(found):
                    raise OSError(
                        f"the listing names {len(found):,} keys and counts "
                        f"{count:,}; run again"
                    )
                is_cut = page.get("IsTruncated", False)
                yield page
            if is_cut:
                raise OSError("the listing has no end; run again")

    def _objects(self, page: ListObjectsV2OutputTypeDef) -> Iterator[SourceObject]:
        """Yield the objects of a page, without those that only stand for a folder."""
        start = len(self._key(""))
        for entry in page.get("Contents", []):
            name = entry["Key"][start:]
            is_folder = (not name or name.endswith("/")) and not entry["Size"]
            if not is_folder:
                yield SourceObject(name, entry["Size"], entry["ETag"])

    def version(self, source_object: SourceObject, stream: BinaryIO) -> str:
        """Return the version of an object; a request for another one is refused."""
        return source_object.version

    def open_all(
        self, objects: Iterable[SourceObject], block_bytes: int
    ) -> Iterator[tuple[SourceObject, BinaryIO]]:
        """Open objects in order; fetch the next ones while one is read.

        Args:
            objects: The objects.
            block_bytes: The most bytes to ask for in one request.

        Yields:
            Each object, with a stream of its bytes as stored.

        Raises:
            SourceError: An object cannot be fetched; the message names it.
        """
        return fetch_all(self._fetch, objects, block_bytes)

    def _fetch(self, part: Part) -> bytes:
        entry = part.source_object
        end = part.start + part.size - 1
        bounds = {} if part.is_whole else {"Range": f"bytes={part.start}-{end}"}
        response = self._client.get_object(
            Bucket=self.bucket,
            Key=self._key(entry.name),
            IfMatch=entry.version,
            **cast(Any, bounds),
        )
        with closing(response["Body"]) as body:
            if response["ContentLength"] != part.size:
                raise OSError(CHANGED)
            return body.read()


Store = LocalStore | S3Store


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
