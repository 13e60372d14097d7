"""An S3 prefix is listed and read as a folder is."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sparkify.errors import SourceError
from sparkify.ingest.fetching import REQUESTS_IN_FLIGHT
from sparkify.ingest.listing import list_source
from sparkify.ingest.record_schema import EVENTS
from sparkify.ingest.source import read
from sparkify.ingest.stores import SourceObject, Store, open_store
from tests.support.stored import CONTENT, FOREIGN, UNREAD, contents, put_folder

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "sparkify-test"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Yield the address of an emulator of S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    """Yield a client of the emulator, which holds an empty bucket."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.Session().client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    client.close()
    with urlopen(Request(f"{server}/moto-api/reset", method="POST")):
        pass


def put_bucket(s3: "S3Client", files: Mapping[str, bytes], prefix: str = "") -> None:
    for name, content in files.items():
        s3.put_object(Bucket=BUCKET, Key=prefix + name, Body=content)


@pytest.mark.parametrize("prefix", ["", "raw/2018/"])
def test_a_bucket_gives_the_same_objects_and_bytes_as_a_folder(
    prefix: str, s3: "S3Client", tmp_path: Path
) -> None:
    files = {**CONTENT, **dict.fromkeys(FOREIGN, b"{}")}
    put_folder(tmp_path, files)
    put_bucket(s3, {**files, "log_data/": b"", "log_data/2018/": b""}, prefix)
    local, remote = open_store(tmp_path), open_store(f"s3://{BUCKET}/{prefix}")
    listed = remote.list("log_data")
    assert listed.objects == tuple(
        SourceObject(
            name,
            len(CONTENT[name]),
            s3.head_object(Bucket=BUCKET, Key=prefix + name)["ETag"],
        )
        for name in sorted(CONTENT)
    )
    assert listed.unread == UNREAD
    assert (
        remote.folders() == local.folders() == ["log_data", "log_data_old", "song_data"]
    )
    assert contents(remote, "log_data") == contents(local, "log_data")


def test_a_bucket_and_a_folder_count_the_same_files(
    s3: "S3Client", tmp_path: Path
) -> None:
    names = [*FOREIGN, "events.json", "a.txt", ".git/x/y", ".git/z", "b/_tmp/c.json"]
    files = {**CONTENT, **dict.fromkeys(names, b"{}")}
    put_folder(tmp_path, files)
    put_bucket(s3, {**files, "b/": b"", "log_data/.git/": b"", "": b""}, "raw/")
    local, remote = open_store(tmp_path), open_store(f"s3://{BUCKET}/raw")
    for folders in (["log_data", "song_data"], ["song_data"], []):
        outside = sorted(remote.outside(folders))
        assert outside == sorted(local.outside(folders))
        read = tuple(f"{folder}/" for folder in folders)
        assert [name for name, _ in outside] == sorted(
            name for name in files if not name.startswith(read)
        )
    counted = [list_source(store)[EVENTS].unread for store in (local, remote)]
    assert counted[0] == counted[1]


PAGE = """<ListBucketResult><Name>b</Name><MaxKeys>1000</MaxKeys>
<KeyCount>{count}</KeyCount><IsTruncated>{cut}</IsTruncated>
<Contents><Key>log_data/a.json</Key><Size>2</Size><ETag>"1"</ETag></Contents>
</ListBucketResult>"""


@contextmanager
def answers(status: int, body: str) -> Iterator[str]:
    """Yield the address of a server that gives one answer to all requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("count", "cut", "message"),
    [(2, "false", "names 1 keys and counts 2"), (1, "true", "has no end")],
)
def test_a_listing_that_lacks_a_part_is_refused(
    count: int, cut: str, message: str, s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    with answers(200, PAGE.format(count=count, cut=cut)) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with pytest.raises(SourceError, match=message):
            open_store(f"s3://{BUCKET}").list("log_data")


def read_all(store: Store, objects: Iterable[SourceObject]) -> None:
    for reading in read(store, objects, 1024):
        list(reading)


def test_many_objects_in_many_pages_keep_their_order(
    s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "50")
    names = [f"song_data/{number}.json" for number in range(4 * REQUESTS_IN_FLIGHT)]
    files = {name: name.encode() * (number % 7) for number, name in enumerate(names)}
    put_bucket(s3, files)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 50
    store = open_store(f"s3://{BUCKET}")
    assert contents(store, "song_data") == sorted(files.items())


def test_a_missing_bucket_is_named(s3: "S3Client") -> None:
    with pytest.raises(SourceError, match="cannot read 's3://no-such-bucket/log_data/"):
        open_store("s3://no-such-bucket").list("log_data")


@pytest.mark.parametrize("bucket", ["no-such-bucket", "No_Such_Bucket", "b"])
def test_a_mistyped_bucket_has_a_remedy(bucket: str, s3: "S3Client") -> None:
    said = "; correct the bucket in source; 'aws s3 ls' lists yours"
    with pytest.raises(SourceError, match=re.escape(said)):
        open_store(f"s3://{bucket}").list("log_data")


def test_a_bucket_of_somebody_else_has_a_remedy(
    s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    said = r"\(AccessDenied\).*; choose credentials that may .* or correct source"
    with answers(403, denied) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with pytest.raises(SourceError, match=said):
            open_store(f"s3://{BUCKET}").list("log_data")


def test_a_missing_prefix_lists_nothing(s3: "S3Client") -> None:
    put_bucket(s3, {"raw/song_data/a.json": b"{}", "log_data/a.json": b"{}"})
    listed = open_store(f"s3://{BUCKET}/raw").list("log_data")
    assert (listed.objects, listed.unread) == ((), {})


def test_an_object_that_vanishes_after_listing_is_named(s3: "S3Client") -> None:
    names = [f"log_data/{number:03}.json" for number in range(REQUESTS_IN_FLIGHT + 9)]
    put_bucket(s3, dict.fromkeys(names, b"{}"))
    store = open_store(f"s3://{BUCKET}")
    listed = store.list("log_data").objects
    s3.delete_object(Bucket=BUCKET, Key=names[-2])
    with pytest.raises(SourceError, match=f"cannot read '{names[-2]}'"):
        read_all(store, listed)


@pytest.mark.parametrize("size", [1, 3000])  # in one part, and in several
def test_an_object_that_is_written_again_after_listing_is_refused(
    size: int, s3: "S3Client"
) -> None:
    put_bucket(s3, {"log_data/a.json": b"{}", "log_data/b.json": b"1" * size})
    store = open_store(f"s3://{BUCKET}")
    listed = store.list("log_data").objects
    put_bucket(s3, {"log_data/b.json": b"2" * size})
    with pytest.raises(SourceError, match=r"'log_data/b\.json': it changed"):
        read_all(store, listed)


def test_a_public_bucket_is_read_without_credentials(
    s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read")
    key = "log_data/a.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}", ACL="public-read")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    store = open_store(f"s3://{BUCKET}")
    assert contents(store, "log_data") == [(key, b"{}")]
