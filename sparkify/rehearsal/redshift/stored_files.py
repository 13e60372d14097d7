"""The objects that a COPY loads: those of a manifest, or all below a key prefix."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from botocore.exceptions import ClientError

from sparkify.rehearsal.redshift.copy_statement import CopyStatement, Format
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.s3 import join, split

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MISSING = {"404", "NoSuchKey", "NoSuchBucket"}
FIRST_REGION = "us-east-1"  # S3 names it by leaving the region out


@dataclass(frozen=True)
class StoredFile:
    """One object to load.

    Attributes:
        bucket: Its bucket.
        key: Its key.
    """

    bucket: str
    key: str

    @property
    def address(self) -> str:
        """The object's `s3://` address."""
        return join(self.bucket, self.key)

    def fetch(self, s3: "S3Client") -> IO[bytes]:
        """Gives the object's bytes as a file on disk that goes away when closed."""
        file = TemporaryFile()  # noqa: SIM115 - the reader closes it
        s3.download_fileobj(self.bucket, self.key, file)
        file.seek(0)
        return file


def find_files(statement: CopyStatement, s3: "S3Client") -> list[StoredFile]:
    """Lists what a COPY loads, in the order in which it is loaded.

    Raises:
        CopyError: There is nothing, an object of the manifest is missing or of
            another size, or the bucket lies in another region.
    """
    bucket, key = _split(statement.source)
    _check_region(bucket, statement.region, s3)
    if not statement.is_manifest:
        return _below(bucket, key, s3)
    files = list(_of_manifest(statement, _read(bucket, key, s3), s3))
    if not files:
        raise CopyError(f"None of the files of manifest '{statement.source}' exists")
    return files


def _split(address: str) -> tuple[str, str]:
    bucket, key = split(address)
    return bucket, key


def _check_region(bucket: str, region: str | None, s3: "S3Client") -> None:
    try:
        found = s3.get_bucket_location(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise CopyError(f"S3ServiceException:{error}") from error
        raise CopyError(
            "S3ServiceException:The specified bucket does not exist,Status 404,Error "
            f"NoSuchBucket,Bucket {bucket}"
        ) from error
    place = found["LocationConstraint"] or FIRST_REGION
    if place != (region or s3.meta.region_name):
        raise CopyError(
            "S3ServiceException:The bucket you are attempting to access must be "
            "addressed using the specified endpoint. Please send all future requests "
            f"to this endpoint.,Status 301,Error PermanentRedirect,Bucket {bucket},"
            f"Region {place}"
        )


def _below(bucket: str, prefix: str, s3: "S3Client") -> list[StoredFile]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    files = [
        StoredFile(bucket, entry["Key"])
        for page in pages
        for entry in page.get("Contents", [])
    ]
    if not files:
        raise _missing(bucket, prefix)
    return files


def _read(bucket: str, key: str, s3: "S3Client") -> list[dict[str, object]]:
    try:
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise _missing(bucket, key) from error
    try:
        entries = json.loads(content)["entries"]
        if not all(isinstance(entry["url"], str) for entry in entries):
            raise TypeError
    except (ValueError, KeyError, TypeError) as error:
        raise CopyError(
            f"Problem reading manifest file - s3://{bucket}/{key}: it is not JSON with "
            "'entries' that each have a 'url'"
        ) from error
    return list(entries)


def _of_manifest(
    statement: CopyStatement, entries: list[dict[str, object]], s3: "S3Client"
) -> Iterator[StoredFile]:
    """Gives the objects that are there; a mandatory one must be."""
    for entry in entries:
        bucket, key = _split(str(entry["url"]))
        try:
            size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if entry.get("mandatory") is not True:
                continue
            raise _missing(bucket, key) from error
        if statement.format is Format.PARQUET:
            _check_length(entry, size)
        yield StoredFile(bucket, key)


def _check_length(entry: dict[str, object], size: int) -> None:
    """Looks at what only columnar formats need: the size in the manifest."""
    meta = entry.get("meta")
    length = meta.get("content_length") if isinstance(meta, dict) else None
    if length is None:
        raise CopyError(
            f"Manifest file for {entry['url']} must have meta.content_length when the "
            "format is PARQUET"
        )
    if length != size:
        raise CopyError(
            f"Manifest entry {entry['url']} has content_length {length}, but the "
            f"object has {size} bytes"
        )


def _missing(bucket: str, key: str) -> CopyError:
    return CopyError(f"The specified S3 prefix '{key}' does not exist in '{bucket}'")
