"""A connection to the PostgreSQL behind the emulator."""

import socket
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from sparkify.rehearsal.redshift import wire
from sparkify.rehearsal.redshift.closing import Closing
from sparkify.rehearsal.redshift.wire import Message

FAILED = b"E"  # the state of a transaction in which a statement failed


class BackendError(Exception):
    """An error of PostgreSQL.

    Attributes:
        answer: The error, which can go to the client as it is.
        fields: The error's texts by field code, such as `C` and `M`.
    """

    def __init__(self, answer: Message) -> None:
        self.answer = answer
        self.fields = wire.error_fields(answer.body)
        super().__init__(self.fields.get("M", ""))


class Backend(Closing):
    """A connection to PostgreSQL by its Unix socket.

    Args:
        path: The socket.
        parameters: The start-up parameters, `user` and `database` among them.

    Attributes:
        settings: The settings that PostgreSQL reports, by name.
        key: The process and the secret that cancels its statements.
        status: The state of the transaction: `I` none, `T` open, `E` failed.

    Raises:
        BackendError: PostgreSQL refuses these parameters.
        OSError: Nobody listens on the socket.
    """

    def __init__(self, path: Path, parameters: Mapping[str, str]) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self.settings: dict[str, str] = {}
        self.key = b""
        self.status = b"I"
        try:
            self._socket.connect(str(path))
            self._stream = self._socket.makefile("rb")
            body = wire.startup_body(parameters)
            self._socket.sendall(wire.startup(wire.PROTOCOL, body))
            for message in self.answers(b"Z"):
                self._take_in(message)
        except BaseException:
            self.close()
            raise

    def _take_in(self, message: Message) -> None:
        if message.kind == b"E":
            raise BackendError(message)
        if message.kind == b"K":
            self.key = message.body
        elif message.kind == b"S":
            name, value = wire.split_text(message.body)
            self.settings[name.decode()] = value[:-1].decode()

    @property
    def process_id(self) -> int:
        """The process that serves the connection."""
        return int(struct.unpack("!i", self.key[:4])[0])

    def abort(self) -> None:
        """Cut the connection from another thread, even while a statement runs."""
        with suppress(OSError):  # it is already closed
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; PostgreSQL rolls back what was not committed."""
        if hasattr(self, "_stream"):
            self._stream.close()
        self._socket.close()

    def send(self, *messages: Message) -> None:
        """Send messages."""
        self._socket.sendall(b"".join(message.raw for message in messages))

    def answers(self, *last: bytes) -> Iterator[Message]:
        """Yield the messages up to and including the first of the given types.

        Raises:
            ConnectionError: PostgreSQL has closed the connection.
        """
        while True:
            message = wire.read_message(self._stream)
            if message is None:
                raise ConnectionError("PostgreSQL has closed the connection")
            if message.kind == b"Z":
                self.status = message.body
            yield message
            if message.kind in last:
                return

    def execute(self, statement: str) -> list[tuple[str | None, ...]]:
        """Execute one or more statements; return their rows as text.

        Raises:
            BackendError: A statement was refused.
        """
        self.send(Message(b"Q", wire.text(statement)))
        return [
            wire.values(message.body)
            for message in self._checked_answers(b"Z")
            if message.kind == b"D"
        ]

    def copy_in(self, statement: str, chunks: Iterable[bytes]) -> int:
        """Execute a COPY FROM STDIN.

        Args:
            statement: The COPY.
            chunks: What it reads.

        Returns:
            The number of rows that were loaded.

        Raises:
            BackendError: The COPY was refused. Where reading the chunks fails, that
                error is raised instead, and the transaction has failed too.
        """
        self.send(Message(b"Q", wire.text(statement)))
        self._checked_answers(b"G", b"Z")
        try:
            for chunk in chunks:
                self.send(Message(b"d", chunk))
        except Exception:
            self.send(Message(b"f", wire.text("the reader failed")))
            for _ in self.answers(b"Z"):
                pass
            raise
        self.send(Message(b"c", b""))
        (tag,) = (
            message.body[:-1]
            for message in self._checked_answers(b"Z")
            if message.kind == b"C"
        )
        return int(tag.split()[-1])

    def _checked_answers(self, *last: bytes) -> list[Message]:
        """Return the messages up to one of the given types, if none is an error."""
        messages = list(self.answers(*last))
        for message in messages:
            if message.kind == b"E":
                raise BackendError(message)
        return messages

    def fail(self) -> None:
        """Make an open transaction fail, as any refused statement does."""
        if self.status == b"T":
            with suppress(BackendError):
                self.execute("select 1 / 0")


def cancel(path: Path, body: bytes) -> None:
    """Forward a request to cancel a statement.

    Args:
        path: PostgreSQL's socket.
        body: The process and its secret, as the client got them.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(wire.startup(wire.CANCEL_REQUEST, body))
        connection.recv(1)  # PostgreSQL closes the connection once it has signalled


def literal(value: str | None) -> str:
    """Return a text as an SQL literal, whatever a backslash means to the session."""
    if value is None:
        return "null"
    quoted = "'" + value.replace("'", "''").replace("\\", "\\\\") + "'"
    return f"E{quoted}" if "\\" in value else quoted


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
