"""The messages of PostgreSQL's protocol 3.0, which Redshift speaks too.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
CANCEL_REQUEST = 80877102
PROTOCOL = 196608  # 3.0

CLEARTEXT = 3  # in an authentication request; 0 ends the login

LARGEST_MESSAGE = 1 << 30
LARGEST_STARTUP = 10_000  # bytes; PostgreSQL's limit


class Stream(Protocol):
    """What a socket's `makefile("rb")` returns."""

    def read(self, size: int, /) -> bytes:
        """Read a number of bytes; fewer at the end."""


class Message(NamedTuple):
    """A message: its type, one byte, and what follows its length."""

    kind: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        """The bytes on the wire."""
        return self.kind + struct.pack("!i", len(self.body) + 4) + self.body


def read_message(stream: Stream) -> Message | None:
    """Read one message; return None at the stream's end.

    Raises:
        ValueError: The message claims to be longer than a message can be.
    """
    head = stream.read(5)
    if len(head) < 5:
        return None
    length = _length(head[1:], LARGEST_MESSAGE)
    body = stream.read(length)
    return Message(head[:1], body) if len(body) == length else None


def read_startup(stream: Stream) -> tuple[int, bytes] | None:
    """Read a connection's first packet, which has no type.

    Returns:
        The code (a protocol version or a kind of request) and what follows it; None
        at the stream's end.

    Raises:
        ValueError: The packet claims to be longer than a first packet can be.
    """
    head = stream.read(4)
    if len(head) < 4:
        return None
    packet = stream.read(_length(head, LARGEST_STARTUP))
    if len(packet) < 4:
        return None
    return struct.unpack("!i", packet[:4])[0], packet[4:]


def _length(head: bytes, most: int) -> int:
    length: int = struct.unpack("!i", head)[0] - 4
    if not 0 <= length <= most:
        raise ValueError(f"message length {length} is not valid; check the client")
    return length


def startup(code: int, body: bytes) -> bytes:
    """Return a packet without a type."""
    return struct.pack("!ii", len(body) + 8, code) + body


def startup_parameters(body: bytes) -> dict[str, str]:
    """Read the parameters of a start-up packet."""
    texts = [text.decode() for text in body.split(b"\0")]
    return {
        name: value
        for name, value in zip(texts[::2], texts[1::2], strict=False)
        if name
    }


def startup_body(parameters: Mapping[str, str]) -> bytes:
    """Return the parameters as a start-up packet has them."""
    pairs = (text(name) + text(value) for name, value in parameters.items())
    return b"".join(pairs) + b"\0"


def text(value: str) -> bytes:
    """Return a text with the zero byte that ends it."""
    return value.encode() + b"\0"


def split_text(body: bytes) -> tuple[bytes, bytes]:
    """Return the first text without its zero byte, and what follows it."""
    first, _, rest = body.partition(b"\0")
    return first, rest


def authentication(code: int) -> Message:
    """Return a request for a password (`CLEARTEXT`), or the end of the login (0)."""
    return Message(b"R", struct.pack("!i", code))


def parameter_status(name: str, value: str) -> Message:
    """Return a setting of the server."""
    return Message(b"S", text(name) + text(value))


def command_complete(tag: str) -> Message:
    """Return the end of a statement's answer."""
    return Message(b"C", text(tag))


def ready(status: bytes) -> Message:
    """Return the invitation to send the next statement."""
    return Message(b"Z", status)


def error(severity: str, code: str, message: str, details: str = "") -> Message:
    """Return an error."""
    fields = {"S": severity, "C": code, "M": message}
    return Message(b"E", _fields(fields | ({"D": details} if details else {})))


def notice(message: str) -> Message:
    """Return a notice at Redshift's level INFO."""
    return Message(b"N", _fields({"S": "INFO", "C": "00000", "M": message}))


def _fields(fields: Mapping[str, str]) -> bytes:
    return b"".join(key.encode() + text(value) for key, value in fields.items()) + b"\0"


def error_fields(body: bytes) -> dict[str, str]:
    """Read an error or a notice: its texts by field code, such as `M`."""
    parts = body.split(b"\0")
    return {part[:1].decode(): part[1:].decode() for part in parts if part}


def values(body: bytes) -> tuple[str | None, ...]:
    """Read a row that came as text."""
    return tuple(_values(body))


def _values(body: bytes) -> Iterator[str | None]:
    (count,) = struct.unpack_from("!h", body)
    position = 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, position)
        position += 4
        if length < 0:
            yield None
        else:
            yield body[position : position + length].decode()
            position += length


def parse(name: bytes, statement: str, types: bytes) -> Message:
    """Return the preparation of a statement; `types` are as the client sent them."""
    return Message(b"P", name + b"\0" + text(statement) + types)
