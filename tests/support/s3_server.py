"""A small S3: lists and gives the objects of one bucket, after a delay if wanted.

It answers many times faster than moto, so it does not limit what is measured against
it. The delay is a proxy's, which holds back each request before the server sees it.

    python -m tests.support.s3_server SONGS DELAY

writes its address, and serves that many songs until its standard input ends.
"""

import asyncio
import hashlib
import json
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.support.records import play, song

BUCKET = "bucket"
MOST_KEYS = 1000
LAST = "\U0010ffff"
CHUNK_BYTES = 64 * 1024
MODIFIED_HTTP = "Thu, 01 Nov 2018 00:00:00 GMT"
MODIFIED_XML = "2018-11-01T00:00:00.000Z"

Answer = tuple[int, dict[str, str], bytes]


class Bucket:
    """The objects of a bucket, and what a client is told of them.

    Args:
        objects: The content of each object, by key.
    """

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        self._objects = objects
        self._keys = sorted(objects)

    def answer(self, target: str, headers: Mapping[str, str]) -> Answer:
        """Return the status, headers and body for a request."""
        parts = urlsplit(target)
        key = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        if not key:
            options = {
                name: values[0] for name, values in parse_qs(parts.query).items()
            }
            return 200, {"Content-Type": "application/xml"}, self._list(options)
        content = self._objects.get(key)
        if content is None:
            return 404, {}, b""
        etag = _etag(content)
        if headers.get("if-match", etag).strip('"') != etag.strip('"'):
            return 412, {}, b""
        about = {"ETag": etag, "Last-Modified": MODIFIED_HTTP, "Accept-Ranges": "bytes"}
        if "range" not in headers:
            return 200, about, content
        first, _, last = headers["range"].removeprefix("bytes=").partition("-")
        end = min(int(last or len(content)), len(content) - 1)
        about["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
        return 206, about, content[int(first) : end + 1]

    def _list(self, options: Mapping[str, str]) -> bytes:
        prefix = options.get("prefix", "")
        after = options.get("continuation-token", "")
        entries = self._entries(prefix, options.get("delimiter", ""), after)
        limit = min(MOST_KEYS, int(options.get("max-keys", MOST_KEYS)))
        *shown, more = [*islice(entries, limit + 1), ""][: limit + 1]
        more = more if limit else ""
        token = ""
        if more:
            token = (
                f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>"
            )
        is_encoded = "encoding-type" in options
        return (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult '
            'xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{BUCKET}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"{'<EncodingType>url</EncodingType>' if is_encoded else ''}"
            f"<KeyCount>{len(shown)}</KeyCount><MaxKeys>{limit}</MaxKeys>"
            f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated>"
            f"{token}"
            f"{''.join(map(self._entry, shown))}</ListBucketResult>"
        ).encode()

    def _entries(self, prefix: str, delimiter: str, after: str) -> Iterator[str]:
        """Yield keys, and what keys with a delimiter after the prefix share."""
        place = bisect_left(self._keys, max(prefix, f"{after}{LAST}" if after else ""))
        while place < len(self._keys) and self._keys[place].startswith(prefix):
            key = self._keys[place]
            head, found, _ = key[len(prefix) :].partition(delimiter or LAST)
            if found:
                key = f"{prefix}{head}{delimiter}"
                place = bisect_left(self._keys, key + LAST)
            else:
                place += 1
            yield key

    def _entry(self, key: str) -> str:
        content = self._objects.get(key)
        if content is None:
            return f"<CommonPrefixes><Prefix>{escape(key)}</Prefix></CommonPrefixes>"
        return (
            f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
            f"<ETag>{escape(_etag(content))}</ETag>"
            f"<LastModified>{MODIFIED_XML}</LastModified>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
        )


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


async def serve(bucket: Bucket) -> asyncio.Server:
    """Start a server on a port of its own."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                method, target, _ = first.split(" ")
                pairs = (line.partition(":")[::2] for line in lines if line)
                headers = {name.lower(): value.strip() for name, value in pairs}
                status, about, body = bucket.answer(target, headers)
                about["Content-Length"] = str(len(body))
                written = "".join(f"{name}: {about[name]}\r\n" for name in about)
                phrase = HTTPStatus(status).phrase
                writer.write(f"HTTP/1.1 {status} {phrase}\r\n{written}\r\n".encode())
                writer.write(b"" if method == "HEAD" else body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def delay(port: int, seconds: float) -> asyncio.Server:
    """Start a proxy that holds back each request to a port.

    Requests without a body fit into one chunk, so a chunk is taken for a request.
    """

    async def copy(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
    ) -> None:
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                await asyncio.sleep(seconds)
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def pass_on(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            copy(reader, behind_writer, seconds), copy(behind_reader, writer, 0)
        )

    return await asyncio.start_server(pass_on, "127.0.0.1", 0)


def songs_of(number: int) -> dict[str, bytes]:
    """Return a day of plays and a catalogue, a song an object, in folders as usual."""
    objects = {
        "log_data/2018/11/day.json": json.dumps(play(0, "Song", "Artist")).encode()
    }
    for place in range(number):
        name = hashlib.md5(str(place).encode(), usedforsecurity=False).hexdigest()
        folder = "/".join(name[:3].upper())
        record = song(f"SO{name}", f"Song {place}", "Artist", f"AR{name[:16]}")
        objects[f"song_data/{folder}/TR{name}.json"] = json.dumps(record).encode()
    return objects


async def main(number: str, seconds: str) -> None:
    """Serve until the standard input ends."""
    server = await serve(Bucket(songs_of(int(number))))
    proxy = await delay(server.sockets[0].getsockname()[1], float(seconds))
    port = proxy.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
