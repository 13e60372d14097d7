"""A folder and an S3 prefix are listed and read alike."""

import gzip
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sparkify.errors import SourceError
from sparkify.ingest import source
from sparkify.ingest.source import (
    REQUESTS_IN_FLIGHT,
    SourceObject,
    Store,
    open_store,
    read,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "sparkify-test"
BLOCK_BYTES = 1024

# What a source holds, by name; the names sort otherwise as numbers or as paths.
CONTENT = {
    "log_data/2018/11/10.json": b'{"a":1}\n{"a":2}',
    "log_data/2018/11/9.json": b"",
    "log_data/2018/11-late.json": b"x" * 3000,
    "log_data/2018/packed.json.gz": gzip.compress(b'{"a":3}\n' * 500),
    "log_data/Z.json": b"\xff\xfe",
    "log_data/a.json/inner.json": b"{}",
    "log_data/é.json": "é".encode(),
}
FOREIGN = (
    "log_data/.hidden.json",
    "log_data/_SUCCESS.json",
    "log_data/.ipynb_checkpoints/a.json",
    "log_data/_temporary/0/a.json",
    "log_data/notes.txt",
    "log_data/a.JSON",
    "log_data/a.jsonl",
    "log_data/a.gz",
    "log_data_old/a.json",
    "song_data/A/song.json",
)


def put_folder(root: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def contents(store: Store, listed: list[SourceObject]) -> list[tuple[str, bytes]]:
    return [
        (found.name, b"".join(blocks))
        for found, blocks in read(store, listed, BLOCK_BYTES)
    ]


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


def test_a_folder_lists_its_json_by_name_with_sizes(tmp_path: Path) -> None:
    put_folder(tmp_path, {**CONTENT, **dict.fromkeys(FOREIGN, b"{}")})
    listed = open_store(tmp_path).list("log_data")
    assert listed == [
        SourceObject(name, len(CONTENT[name])) for name in sorted(CONTENT)
    ]


def test_objects_are_read_whole_and_unpacked_in_small_blocks(tmp_path: Path) -> None:
    put_folder(tmp_path, CONTENT)
    store = open_store(str(tmp_path))
    for found, blocks in read(store, store.list("log_data"), BLOCK_BYTES):
        stored = CONTENT[found.name]
        kept = list(blocks)
        expected = gzip.decompress(stored) if found.name.endswith(".gz") else stored
        assert b"".join(kept) == expected
        assert all(0 < len(block) <= BLOCK_BYTES for block in kept)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has no folder 'log_data'"):
        open_store(tmp_path).list("log_data")


def test_a_folder_without_json_is_named(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/notes.txt": b""})
    with pytest.raises(SourceError, match=f"no .json or .json.gz below '{tmp_path}"):
        open_store(tmp_path).list("log_data")


def test_a_broken_link_is_named(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    (tmp_path / "log_data" / "gone.json").symlink_to(tmp_path / "nowhere.json")
    with pytest.raises(SourceError, match=r"cannot read 'log_data/gone\.json'"):
        open_store(tmp_path).list("log_data")


def test_a_link_is_read_as_what_it_points_to(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}", "elsewhere/b.json": b"[1]"})
    (tmp_path / "log_data" / "linked").symlink_to(tmp_path / "elsewhere")
    store = open_store(tmp_path)
    assert contents(store, store.list("log_data")) == [
        ("log_data/a.json", b"{}"),
        ("log_data/linked/b.json", b"[1]"),
    ]


def test_a_folder_that_leads_back_into_itself_is_named(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    (tmp_path / "log_data" / "loop").symlink_to(tmp_path / "log_data")
    with pytest.raises(SourceError, match="cannot read 'log_data/loop"):
        open_store(tmp_path).list("log_data")


def test_a_file_that_vanishes_after_listing_is_named(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}", "log_data/b.json": b"{}"})
    store = open_store(tmp_path)
    listed = store.list("log_data")
    (tmp_path / "log_data" / "b.json").unlink()
    with pytest.raises(SourceError, match=r"cannot read 'log_data/b\.json'"):
        contents(store, listed)


@pytest.mark.parametrize(
    "content",
    [b"not packed", gzip.compress(b"{}" * 999)[:-9], gzip.compress(b"{}") + b"{}"],
    ids=["not packed", "torn", "with a tail"],
)
def test_a_file_that_cannot_be_unpacked_is_named(
    content: bytes, tmp_path: Path
) -> None:
    put_folder(tmp_path, {"log_data/a.json.gz": content})
    store = open_store(tmp_path)
    with pytest.raises(SourceError, match=r"cannot read 'log_data/a\.json\.gz'"):
        contents(store, store.list("log_data"))


@pytest.mark.parametrize("address", ["s3://", "s3:///raw"])
def test_an_address_needs_a_bucket(address: str) -> None:
    with pytest.raises(SourceError, match="names no bucket; use s3://bucket/prefix"):
        open_store(address)


def test_a_source_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("missing", "file"):
        with pytest.raises(SourceError, match=rf"{name}' is not a folder"):
            open_store(tmp_path / name)


@pytest.mark.parametrize("prefix", ["", "raw/2018/"])
def test_a_bucket_gives_the_same_objects_and_bytes_as_a_folder(
    prefix: str, s3: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "STREAMED_BYTES", 1000)  # some are, others are not
    files = {**CONTENT, **dict.fromkeys(FOREIGN, b"{}")}
    put_folder(tmp_path, files)
    put_bucket(s3, {**files, "log_data/": b""}, prefix)
    local, remote = open_store(tmp_path), open_store(f"s3://{BUCKET}/{prefix}")
    listed = remote.list("log_data")
    assert listed == local.list("log_data")
    assert contents(remote, listed) == contents(local, listed)


def test_many_objects_in_many_pages_keep_their_order(
    s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "50")
    names = [f"song_data/{number}.json" for number in range(4 * REQUESTS_IN_FLIGHT)]
    files = {name: name.encode() * (number % 7) for number, name in enumerate(names)}
    put_bucket(s3, files)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 50
    store = open_store(f"s3://{BUCKET}")
    assert contents(store, store.list("song_data")) == sorted(files.items())


def test_a_missing_bucket_is_named(s3: "S3Client") -> None:
    with pytest.raises(SourceError, match="cannot read 's3://no-such-bucket/log_data/"):
        open_store("s3://no-such-bucket").list("log_data")


def test_an_empty_prefix_is_named(s3: "S3Client") -> None:
    put_bucket(s3, {"raw/song_data/a.json": b"{}", "log_data/a.json": b"{}"})
    with pytest.raises(SourceError, match=f"below 's3://{BUCKET}/raw/log_data/'"):
        open_store(f"s3://{BUCKET}/raw").list("log_data")


def test_an_object_that_vanishes_after_listing_is_named(s3: "S3Client") -> None:
    names = [f"log_data/{number:03}.json" for number in range(REQUESTS_IN_FLIGHT + 9)]
    put_bucket(s3, dict.fromkeys(names, b"{}"))
    store = open_store(f"s3://{BUCKET}")
    listed = store.list("log_data")
    s3.delete_object(Bucket=BUCKET, Key=names[-2])
    with pytest.raises(SourceError, match=f"cannot read '{names[-2]}'"):
        contents(store, listed)


def test_a_public_bucket_is_read_without_credentials(
    s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read")
    key = "log_data/a.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}", ACL="public-read")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    store = open_store(f"s3://{BUCKET}")
    assert contents(store, store.list("log_data")) == [(key, b"{}")]
