"""Answers plain requests to S3 faster than moto does, from moto's own objects.

An EMR step lists and reads every object of the source. For each GET moto parses the
request several times and serializes an answer that is only the object's bytes, and it
serializes each row of a listing by a walk through S3's model. Here the answers are the
same, and the policies of the role that asks are evaluated as ever. What is not plain is
left to moto: a GET with a query or a range, a denied one, an object that is missing,
versioned or archived, a bucket with a policy, rows of a listing with more columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock
from xml.sax.saxutils import escape

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeKey, s3_backends
from moto.s3.responses import S3Response

from sparkify.rehearsal.iam import Iam
from sparkify.rehearsal.iam_policies import Asked

# Headers that change the answer to a GET, as WSGI names them.
SPECIAL = (
    "HTTP_RANGE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
)
SIGNED = "/s3/aws4_request"
STANDARD = "STANDARD"
LISTING = "ListObjectsV2"
COLUMNS = ("Key", "LastModified", "ETag", "Size", "StorageClass")
BEFORE_ROWS = "</IsTruncated>"

# moto's own, whatever account is open already.
CALL, SERIALIZE = DomainDispatcherApplication.__call__, S3Response.serialized

Environment = dict[str, Any]


@contextmanager
def fast_answers(iam: Iam | None) -> Iterator[None]:
    """Answer plain requests while the context is open.

    Args:
        iam: The account's IAM; None if roles may do everything.
    """

    def answered(
        application: DomainDispatcherApplication,
        environment: Environment,
        start: Callable[..., Any],
    ) -> Iterable[bytes]:
        found = _find(environment, iam)
        if found is None:
            return CALL(application, environment, start)  # type: ignore[no-any-return]
        body = found.value
        headers = {**found.response_dict, **found.metadata, "Accept-Ranges": "bytes"}
        headers["content-length"] = str(len(body))
        start("200 OK", [(name, str(value)) for name, value in headers.items()])
        return [body]

    def serialized(response: S3Response, result: ActionResult) -> Any:
        found: Any = result.result
        if response._get_action() != LISTING or isinstance(found, Exception):
            return SERIALIZE(response, result)
        rows = found["Contents"]
        if any(tuple(row) != COLUMNS for row in rows):
            return SERIALIZE(response, result)
        rest = ActionResult({**found, "Contents": []})
        status, headers, body = SERIALIZE(response, rest)
        head, mark, tail = str(body).partition(BEFORE_ROWS)
        return status, headers, f"{head}{mark}{''.join(map(_xml, rows))}{tail}"

    with (
        mock.patch.object(DomainDispatcherApplication, "__call__", answered),
        mock.patch.object(S3Response, "serialized", serialized),
    ):
        yield


def _xml(row: Mapping[str, Any]) -> str:
    """Return a row of a listing."""
    cells = "".join(f"<{name}>{escape(str(row[name]))}</{name}>" for name in COLUMNS)
    return f"<Contents>{cells}</Contents>"


def _find(environment: Environment, iam: Iam | None) -> FakeKey | None:
    """Return the object that is plainly asked for and may be read; else None."""
    signature = environment.get("HTTP_AUTHORIZATION", "")
    if (
        environment["REQUEST_METHOD"] != "GET"
        or environment.get("QUERY_STRING")
        or SIGNED not in signature
        or any(name in environment for name in SPECIAL)
    ):
        return None
    path = environment["PATH_INFO"].encode("latin-1").decode(errors="replace")
    name, _, key = path.removeprefix("/").partition("/")
    store = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    bucket = store.buckets.get(name)
    if bucket is None or bucket.policy or bucket.versioning_status or not key:
        return None
    try:
        found = store.get_object(name, key)
    except S3ClientError:
        return None
    if found is None or found.storage_class != STANDARD or found.checksum_algorithm:
        return None
    wanted = environment.get("HTTP_IF_MATCH")
    if wanted and wanted.strip('"') != found.etag.strip('"'):
        return None
    asked = Asked("s3:GetObject", f"arn:aws:s3:::{name}/{key}")
    if iam is not None and not iam.permits(signature, asked):
        return None
    return found
