"""Turns the errors of reading an object into one that names the object."""

import zlib
from lzma import LZMAError
from types import TracebackType
from typing import Any

from sparkify.errors import SourceError
from sparkify.s3 import LOG_IN

READ_ERRORS = (OSError, EOFError, zlib.error, LZMAError, UnicodeEncodeError)
CHANGED = "it changed after it was listed; run again when nothing writes to it"
SHOWN_NAME = 120  # characters of a name in a message
PASSING_REFUSALS = (408, 429)  # HTTP: request timeout, too many requests
SERVER_FAULT = 500  # HTTP: the first status by which a server blames itself
ANOTHER_BUCKET = "correct the bucket in source; 'aws s3 ls' lists yours"
# By S3's error code, or the class of an error that botocore raises by itself.
REMEDIES = {
    "NoSuchBucket": ANOTHER_BUCKET,
    "InvalidBucketName": ANOTHER_BUCKET,
    "ParamValidationError": ANOTHER_BUCKET,  # no bucket can have such a name
    "AccessDenied": "choose credentials that may list and read it with AWS_PROFILE, or "
    "correct source: a mistyped bucket may be somebody else's",
    "ExpiredToken": LOG_IN,
    "InvalidAccessKeyId": LOG_IN,
    "SignatureDoesNotMatch": LOG_IN,
    "EndpointConnectionError": "check the network",
}


class name_in_errors:  # noqa: N801 (used like a function, for each object)
    """Raise any error of reading as a SourceError that names the object.

    Args:
        name: The object's name.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Begin to read."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise the error with the object's name."""
        if error is None:  # the usual case, for each of many objects
            return
        if isinstance(error, READ_ERRORS):
            reason = getattr(error, "strerror", None) or error
        elif isinstance(error, Exception) and is_aws_error(error):
            reason = CHANGED if "PreconditionFailed" in str(error) else explain(error)
        else:
            return
        raise SourceError(f"cannot read '{shown(self._name)}': {reason}") from error


def explain(error: Exception) -> str:
    """Return the message of an error of the AWS client, with the remedy if known."""
    found = (_response(error) or {}).get("Error", {})
    remedy = REMEDIES.get(found.get("Code", type(error).__name__), "")
    return f"{error}; {remedy}" if remedy else str(error)


def shown(name: str) -> str:
    """Return a name for a message; what no terminal shows becomes backslash escapes."""
    given = name.encode(errors="surrogateescape").decode(errors="backslashreplace")
    text = "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in given
    )
    if len(text) <= SHOWN_NAME:
        return text
    return f"{text[: SHOWN_NAME // 2]}…{text[-SHOWN_NAME // 2 :]}"


def is_aws_error(error: Exception) -> bool:
    """Return whether an error comes from the AWS client, without importing it."""
    return type(error).__module__.partition(".")[0] in ("botocore", "boto3", "urllib3")


def is_passing(error: Exception) -> bool:
    """Return whether a request to AWS that failed may succeed later.

    It may if the connection broke, or if the service was too busy or had a fault.
    """
    if not is_aws_error(error):
        return False
    response = _response(error)
    if response is None:
        return True
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= SERVER_FAULT or status in PASSING_REFUSALS


def _response(error: Exception) -> dict[str, Any] | None:
    """Return the answer of AWS that an error tells of, if there was one."""
    response = getattr(error, "response", None)
    return response if isinstance(response, dict) else None
