"""Addresses of objects and prefixes in S3, and what to do without a login."""

SCHEME = "s3://"
LOG_IN = "run 'aws configure' or 'aws sso login', or set AWS_PROFILE"


def is_s3(address: str) -> bool:
    """Return whether an address is in S3."""
    return address.startswith(SCHEME)


def split(address: str) -> tuple[str, str]:
    """Return the bucket and the key, or prefix, of an `s3://bucket/key` address."""
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    return bucket, key


def join(bucket: str, *parts: str) -> str:
    """Return the `s3://` address of a bucket, or of a key or prefix in it."""
    return SCHEME + "/".join((bucket, *parts))
