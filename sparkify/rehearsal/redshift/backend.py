"""A connection to the PostgreSQL behind the stand-in."""

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
    """PostgreSQL refused something.

    Attributes:
        answer: Its error, which can go to the client as it is.
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
        settings: What PostgreSQL tells of its settings, by name.
        key: Its process and the secret that cancels its statements.
        status: The transaction's: `I` none, `T` open, `E` failed.

    Raises:
        BackendError: It lets nobody in under these parameters.
        OSError: Nobody listens there.
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
        """Hangs up from another thread, in the middle of whatever is done."""
        with suppress(OSError):  # it is gone already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hangs up; PostgreSQL rolls back what was not committed."""
        if hasattr(self, "_stream"):
            self._stream.close()
        self._socket.close()

    def send(self, *messages: Message) -> None:
        """Sends messages."""
        self._socket.sendall(b"".join(message.raw for message in messages))

    def answers(self, *last: bytes) -> Iterator[Message]:
        """Gives the messages up to and with the first of the given types.

        Raises:
            ConnectionError: PostgreSQL has hung up.
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

    def rows(
        self, statement: str
    ) -> tuple[list[tuple[str, int]], Iterator[tuple[str | None, ...]]]:
        """Carries out a query.

        Returns:
            The columns' names and type ids, and the rows as text; the rows must be
            read to their end before anything else is sent.

        Raises:
            BackendError: It was refused; also while the rows are read.
        """
        self.send(Message(b"Q", wire.text(statement)))
        columns = None
        refused = None
        for message in self.answers(b"T", b"Z"):
            if message.kind == b"E":
                refused = message
            elif message.kind == b"T":
                columns = wire.columns(message.body)
        if refused is not None:
            raise BackendError(refused)
        if columns is None:
            return [], iter(())
        return columns, self._rows()

    def _rows(self) -> Iterator[tuple[str | None, ...]]:
        refused = None
        for message in self.answers(b"Z"):
            if message.kind == b"E":
                refused = message
            elif message.kind == b"D":
                yield wire.values(message.body)
        if refused is not None:
            raise BackendError(refused)

    def execute(self, statement: str) -> list[tuple[str | None, ...]]:
        """Carries out statements; gives the rows of the first that has any.

        Raises:
            BackendError: One was refused.
        """
        _, rows = self.rows(statement)
        return list(rows)

    def copy_in(self, statement: str, chunks: Iterable[bytes]) -> int:
        """Carries out a COPY FROM STDIN.

        Returns:
            The rows that were loaded.

        Raises:
            BackendError: It was refused. Where reading the chunks fails instead, that
                error is raised, and the transaction has failed too.
        """
        self.send(Message(b"Q", wire.text(statement)))
        for message in self.answers(b"G", b"Z"):
            if message.kind == b"E":
                refused = message
        if message.kind == b"Z":
            raise BackendError(refused)
        failure: BaseException | None = None
        try:
            for chunk in chunks:
                self.send(Message(b"d", chunk))
        except Exception as error:  # ours to raise again, once PostgreSQL knows
            failure = error
            self.send(Message(b"f", wire.text("the reader failed")))
        else:
            self.send(Message(b"c", b""))
        rows = 0
        refused_copy = None
        for message in self.answers(b"Z"):
            if message.kind == b"E":
                refused_copy = message
            elif message.kind == b"C":
                rows = int(message.body[:-1].split()[-1])
        if failure is not None:
            raise failure
        if refused_copy is not None:
            raise BackendError(refused_copy)
        return rows

    def fail(self) -> None:
        """Makes the open transaction fail, as any refused statement does."""
        if self.status != b"T":
            return
        self.send(Message(b"Q", wire.text("select 1 / 0")))
        for _ in self.answers(b"Z"):
            pass


def cancel(path: Path, body: bytes) -> None:
    """Passes on a request to cancel a statement.

    Args:
        path: PostgreSQL's socket.
        body: The process and its secret, as the client got them.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(wire.startup(wire.CANCEL_REQUEST, body))
        connection.recv(1)  # PostgreSQL hangs up once it has signalled


def literal(value: str | None) -> str:
    """Gives a text as an SQL literal."""
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Gives a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
