"""The objects in S3 that a COPY loads: those of a manifest or of a key prefix."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from botocore.exceptions import ClientError

from sparkify.rehearsal.redshift.copy_statement import CopyStatement
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.s3 import join, split

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MISSING = {"404", "NoSuchKey", "NoSuchBucket"}
FIRST_REGION = "us-east-1"  # S3 reports no region for its buckets


@dataclass(frozen=True)
class S3Object:
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

    def url(self, region: str) -> str:
        """Return the address by which Redshift's reader of files names the object."""
        return f"https://s3.{region}.amazonaws.com/{self.bucket}/{self.key}"

    def fetch(self, s3: "S3Client") -> IO[bytes]:
        """Download the object to a file on disk that is deleted when closed."""
        file = TemporaryFile()  # noqa: SIM115 - the reader closes it
        s3.download_fileobj(self.bucket, self.key, file)
        file.seek(0)
        return file


def find_objects(statement: CopyStatement, s3: "S3Client") -> list[S3Object]:
    """List what a COPY loads, in the order in which it is loaded.

    Args:
        statement: The COPY.
        s3: A client in the region of the warehouse.

    Raises:
        CopyError: There is no object, an object of the manifest is missing or has
            another size, or the bucket is in another region.
    """
    bucket, key = split(statement.source)
    _check_region(bucket, s3)
    if not statement.is_manifest:
        return _list_prefix(bucket, key, s3)
    objects = list(_existing(_read_manifest(bucket, key, s3), s3))
    if not objects:
        raise CopyError(f"None of the files of manifest '{statement.source}' exists")
    return objects


def _check_region(bucket: str, s3: "S3Client") -> None:
    try:
        found = s3.get_bucket_location(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise CopyError(f"S3ServiceException:{error}") from error
        raise CopyError(
            "S3ServiceException:The specified bucket does not exist,Status 404,Error "
            f"NoSuchBucket,Bucket {bucket}"
        ) from error
    region = found["LocationConstraint"] or FIRST_REGION
    if region != s3.meta.region_name:
        raise CopyError(
            "S3ServiceException:The bucket you are attempting to access must be "
            "addressed using the specified endpoint. Please send all future requests "
            f"to this endpoint.,Status 301,Error PermanentRedirect,Bucket {bucket},"
            f"Region {region}"
        )


def _list_prefix(bucket: str, prefix: str, s3: "S3Client") -> list[S3Object]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    objects = [
        S3Object(bucket, entry["Key"])
        for page in pages
        for entry in page.get("Contents", [])
    ]
    if not objects:
        raise _missing(bucket, prefix)
    return objects


def _read_manifest(bucket: str, key: str, s3: "S3Client") -> list[dict[str, object]]:
    try:
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        raise _missing(bucket, key) from error
    try:
        entries = json.loads(content)["entries"]
        if not all(isinstance(entry["url"], str) for entry in entries):
            raise TypeError
    except (ValueError, KeyError, TypeError) as error:
        raise CopyError(
            f"Problem reading manifest file - {join(bucket, key)}: it is not JSON with "
            "'entries' that each have a 'url'"
        ) from error
    return list(entries)


def _existing(entries: list[dict[str, object]], s3: "S3Client") -> Iterator[S3Object]:
    """Yield the objects of a manifest that exist; a mandatory one must."""
    for entry in entries:
        bucket, key = split(str(entry["url"]))
        try:
            size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if entry.get("mandatory") is not True:
                continue
            raise _missing(bucket, key) from error
        _check_length(entry, size)
        yield S3Object(bucket, key)


def _check_length(entry: dict[str, object], size: int) -> None:
    """Validate the size in the manifest, which only columnar formats need."""
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
