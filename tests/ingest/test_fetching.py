"""S3 objects are fetched ahead, in order, within bounds, and again after errors."""

import os
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Lock, Thread
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from sparkify.errors import SourceError
from sparkify.ingest import fetching
from sparkify.ingest.fetching import (
    BYTES_AHEAD,
    FETCH_ATTEMPTS,
    PARTS_AHEAD,
    REQUESTS_IN_FLIGHT,
    Part,
    fetch_all,
)
from sparkify.ingest.stores import CLIENT_ATTEMPTS, SourceObject, open_store
from tests.support.s3_server import BUCKET, Bucket
from tests.support.stored import contents

PART_BYTES = 1000
PATIENCE_SECONDS = 60


class Objects:
    """Gives parts, and counts those that nobody has read yet."""

    def __init__(self, sizes: list[int]) -> None:
        self.objects = [
            SourceObject(f"{number:05}", size, "1") for number, size in enumerate(sizes)
        ]
        self.fetched: list[Part] = []
        self.at_once = self.most_at_once = 0
        self.is_full = Event()
        self._lock = Lock()

    def fetch(self, part: Part) -> bytes:
        with self._lock:
            self.fetched.append(part)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.at_once == REQUESTS_IN_FLIGHT:
                self.is_full.set()
        self.is_full.wait(PATIENCE_SECONDS)
        with self._lock:
            self.at_once -= 1
        return self.content(part.source_object)[part.start : part.start + part.size]

    @staticmethod
    def content(entry: SourceObject) -> bytes:
        return (entry.name.encode() * (1 + entry.size // 5))[: entry.size]


def test_objects_come_whole_and_in_order_from_many_requests_at_once() -> None:
    sizes = [(number * 397) % 3500 for number in range(3 * PARTS_AHEAD)]
    source = Objects(sizes)
    found = [
        (entry, stream.read())
        for entry, stream in fetch_all(source.fetch, source.objects, PART_BYTES)
    ]
    assert found == [(entry, source.content(entry)) for entry in source.objects]
    assert source.most_at_once == REQUESTS_IN_FLIGHT
    parts = Counter(part.source_object.name for part in source.fetched)
    assert [parts[entry.name] for entry in source.objects] == [
        max(1, -(-size // PART_BYTES)) for size in sizes
    ]


def test_an_object_is_read_in_small_pieces_and_what_is_not_read_is_passed_over() -> (
    None
):
    source = Objects([2500, 2500, 2500])
    source.is_full.set()
    starts = []
    for entry, stream in fetch_all(source.fetch, source.objects, PART_BYTES):
        pieces = [stream.read(700) for _ in range(3)]
        starts.append(b"".join(pieces))
        assert source.content(entry).startswith(starts[-1])
    assert all(starts)
    assert len(starts) == len(source.objects)


@pytest.mark.parametrize(
    ("size", "most"),
    [(1, PARTS_AHEAD), (BYTES_AHEAD // 4, 4), (2 * BYTES_AHEAD, 1)],
)
def test_what_is_fetched_ahead_is_bounded_in_number_and_in_bytes(
    size: int, most: int
) -> None:
    total = most + 50
    ahead: list[Part] = []
    more = Condition()

    def fetch(part: Part) -> bytes:
        with more:
            ahead.append(part)
            more.notify()
        return b""

    objects = Objects([size] * total).objects
    opened = fetch_all(fetch, objects, part_bytes=4 * BYTES_AHEAD)
    for read, (_, stream) in enumerate(opened, start=1):
        stream.read()
        with more:
            full = min(read + most, total)
            assert more.wait_for(lambda: len(ahead) >= full, PATIENCE_SECONDS)  # noqa: B023
            assert len(ahead) == full


class Faulty(BaseHTTPRequestHandler):
    """Answers each request for an object with the faults of its name first."""

    protocol_version = "HTTP/1.1"
    bucket: ClassVar[Bucket]
    seen: ClassVar[Counter[str]]

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, about, body = self.bucket.answer(self.path, headers)
        length = len(body)
        name = urlsplit(self.path).path.rpartition("/")[2]
        self.seen[name] += 1
        fault, _, times = name.partition(".json")[0].partition("-")
        if self.seen[name] <= int(times or 0):
            if fault == "cut":  # the connection breaks in the body
                body = body[: length // 2]
                self.close_connection = True
            else:
                status, about, body, length = int(fault), {}, b"", 0
        self.send_response(status)
        for key, value in about.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Faulty]]:
    """Yield an S3 whose faults the names of its objects tell."""

    class Handler(Faulty):
        seen: ClassVar[Counter[str]] = Counter()

    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        yield Handler
        server.shutdown()
        thread.join()


def test_an_object_is_read_after_faults_that_pass(faulty: type[Faulty]) -> None:
    """A broken body is no matter for the client, which only repeats requests."""
    files = {
        f"log_data/{name}.json": (name * 900).encode()
        for name in (f"cut-{FETCH_ATTEMPTS - 1}", "503-2", "500-1", "fine")
    }
    faulty.bucket = Bucket(files)
    found = contents(open_store(f"s3://{BUCKET}"), "log_data")
    assert found == sorted(files.items())


@pytest.mark.parametrize(
    ("fault", "tried"), [("403", 1), ("404", 1), ("412", 1), ("cut", FETCH_ATTEMPTS)]
)
def test_a_fault_that_stays_is_named(
    fault: str, tried: int, faulty: type[Faulty]
) -> None:
    name = f"{fault}-{FETCH_ATTEMPTS * CLIENT_ATTEMPTS}.json"
    faulty.bucket = Bucket({f"log_data/{name}": b"content"})
    with pytest.raises(SourceError, match=f"cannot read 'log_data/{name}'"):
        contents(open_store(f"s3://{BUCKET}"), "log_data")
    assert faulty.seen[name] == tried
