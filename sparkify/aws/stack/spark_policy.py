"""What a Spark job may do with files, whether EMR's instances run it or not."""

from __future__ import annotations

from sparkify import s3
from sparkify.aws.stack.statements import Policy, allow, objects, under

READ = ("s3:GetObject",)
WRITE = ("s3:DeleteObject", "s3:PutObject")
MULTIPART = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
PREFIXES = ("flat/", "jobs/", "logs/", "temp/")


def spark_files(bucket: str, source: str) -> list[Policy]:
    """Return the statements by which a job reads the source and writes our files.

    It may list our whole bucket. Hadoop's file system asks for keys that do not exist
    yet. S3 answers "forbidden" instead of "not found" if only some prefixes may be
    listed.

    Args:
        bucket: Our bucket.
        source: The source, if it is an `s3://` prefix.
    """
    statements = [
        allow("ReadAndWriteOurs", READ + WRITE + MULTIPART, objects(bucket, PREFIXES)),
        allow(
            "ListOurs",
            ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
            [f"arn:aws:s3:::{bucket}"],
        ),
    ]
    if s3.is_s3(source):
        origin, folders = source_folders(source)
        statements += [
            allow("ReadSource", READ, objects(origin, folders)),
            allow(
                "ListSource",
                ("s3:ListBucket",),
                [f"arn:aws:s3:::{origin}"],
                under(folders),
            ),
        ]
    return statements


def source_folders(source: str) -> tuple[str, tuple[str, ...]]:
    """Return the bucket of an `s3://` source and the two prefixes of its files."""
    bucket, prefix = s3.split(source)
    below = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    return bucket, (f"{below}log_data/", f"{below}song_data/")
