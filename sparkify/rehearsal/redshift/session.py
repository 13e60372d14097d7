"""One client's conversation: PostgreSQL answers each message of the client.

Messages are forwarded one by one, each after the answer to the one before it. So the
emulator can execute a COPY between two other statements of the same transaction.
"""

from collections.abc import Callable, Iterable
from typing import BinaryIO

from sparkify.rehearsal.redshift import wire
from sparkify.rehearsal.redshift.backend import FAILED, Backend, BackendError
from sparkify.rehearsal.redshift.bound_values import refuse_bound_values
from sparkify.rehearsal.redshift.declared_keys import DeclaredKeys
from sparkify.rehearsal.redshift.dialect import Translation, translate
from sparkify.rehearsal.redshift.expressions import BYTES_CONSTRAINT
from sparkify.rehearsal.redshift.loader import INTERNAL, Loader
from sparkify.rehearsal.redshift.system_tables import refuse_system_tables
from sparkify.rehearsal.redshift.tokens import StatementError, split_statements
from sparkify.rehearsal.redshift.wire import Message

FLUSH = Message(b"H", b"")

# The types of the messages that end the answer to one of the extended protocol.
LAST = {
    b"P": (b"1", b"E"),
    b"B": (b"2", b"E"),
    b"D": (b"T", b"n", b"E"),
    b"E": (b"C", b"I", b"s", b"E"),
    b"C": (b"3", b"E"),
}


class Session:
    """A conversation with a client that is logged in.

    Args:
        stream: What the client sends, and where the answers go.
        backend: The client's connection to PostgreSQL.
        loader: What executes COPY.
        executed: Called after each statement, before its answer is sent.
        keys: The keys that the server's tables declare.
        is_serverless: Whether the system tables of a cluster are refused.
    """

    def __init__(
        self,
        stream: BinaryIO,
        backend: Backend,
        loader: Loader,
        executed: Callable[[], None],
        keys: DeclaredKeys,
        *,
        is_serverless: bool = False,
    ) -> None:
        self._stream = stream
        self._backend = backend
        self._loader = loader
        self._executed = executed
        self._keys = keys
        self._is_serverless = is_serverless
        self._statements: dict[bytes, Translation] = {}
        self._portals: dict[bytes, Translation] = {}
        self._is_skipping = False  # after an error, up to the next Sync

    def run(self) -> None:
        """Answer until the client leaves.

        Raises:
            OSError: The client or PostgreSQL is gone.
        """
        while (message := wire.read_message(self._stream)) is not None:
            match message.kind:
                case b"X":
                    return
                case b"Q":
                    self._query(message.body[:-1].decode())
                    self._stream.flush()
                case b"S":
                    self._backend.send(message)
                    self._answer(self._backend.answers(b"Z"))
                    self._is_skipping = False
                    self._stream.flush()
                case b"H":
                    self._stream.flush()
                case b"d" | b"c" | b"f":
                    pass  # the rest of a refused COPY FROM STDIN
                case kind if kind in LAST:
                    if not self._is_skipping:
                        self._extended(message)
                case _:
                    refusal = f"message type {message.kind!r} is not known"
                    self._answer([wire.error("FATAL", "08P01", refusal)])
                    self._stream.flush()
                    return

    def _answer(self, messages: Iterable[Message]) -> Message | None:
        """Forward messages to the client; return the last."""
        message = None
        for message in messages:
            if message.kind == b"E":
                self._is_skipping = True
                self._stream.write(_as_redshift(message).raw)
            elif message.kind != b"S" or not message.body.startswith(b"server_version"):
                self._stream.write(message.raw)
        return message

    def _refuse(self, error: StatementError) -> None:
        """Answer a statement that is not sent to PostgreSQL."""
        self._backend.fail()
        self._answer([wire.error("ERROR", error.code, str(error), error.details)])

    def _translate(self, sql: str) -> Translation:
        if self._is_serverless:
            refuse_system_tables(sql)
        return translate(self._keys.apply(sql))

    def _query(self, text: str) -> None:
        """Answer the simple protocol: a text of one or more statements."""
        try:
            parts = [self._translate(part) for part in split_statements(text)]
        except StatementError as error:
            self._refuse(error)
            self._answer([wire.ready(self._backend.status)])
        else:
            if any(part.copy for part in parts):
                self._one_by_one(parts)
            else:
                self._all_together(parts)
        self._is_skipping = False

    def _all_together(self, parts: list[Translation]) -> None:
        text = ";".join(part.text for part in parts)
        self._backend.send(Message(b"Q", wire.text(text)))
        for message in self._backend.answers(b"Z"):
            if message.kind == b"Z":
                self._executed()
            self._answer([message])

    def _one_by_one(self, parts: list[Translation]) -> None:
        for part in parts:
            if part.copy:
                answers = self._copy(part.copy)
            else:
                self._backend.send(Message(b"Q", wire.text(part.text)))
                answers = list(self._backend.answers(b"Z"))[:-1]
            self._executed()
            last = self._answer(answers)
            if last is not None and last.kind == b"E":
                break
        self._answer([wire.ready(self._backend.status)])

    def _extended(self, message: Message) -> None:
        """Answer a message of the extended protocol."""
        kind, body = message
        if kind == b"P":
            name, rest = wire.split_text(body)
            text, types = wire.split_text(rest)
            try:
                refuse_bound_values(text.decode(), types)
                self._statements[name] = self._translate(text.decode())
            except StatementError as error:
                self._refuse(error)
                return
            message = wire.parse(name, self._statements[name].text, types)
        elif kind == b"B":
            portal, rest = wire.split_text(body)
            name, _ = wire.split_text(rest)
            if name in self._statements:
                self._portals[portal] = self._statements[name]
        elif kind == b"E":
            portal, _ = wire.split_text(body)
            statement = self._portals.get(portal)
            if statement is not None and statement.copy:
                answers = self._copy(statement.copy)
                self._executed()
                self._answer(answers)
                return
        elif kind == b"C":
            known = self._statements if body[:1] == b"S" else self._portals
            known.pop(body[1:-1], None)
        self._backend.send(message, FLUSH)
        for answer in self._backend.answers(*LAST[kind]):
            if kind == b"E" and answer.kind in LAST[kind]:
                self._executed()
            self._answer([answer])

    def _copy(self, text: str) -> list[Message]:
        """Execute a COPY; return the answer to the client."""
        if self._backend.status == FAILED:
            refusal = (
                "current transaction is aborted, commands ignored until end of "
                "transaction block"
            )
            return [wire.error("ERROR", "25P02", refusal)]
        try:
            return self._loader.run(text)
        except BackendError as error:
            return [error.answer]
        except OSError:
            raise
        except Exception as error:
            # After a defect of ours too, the client must get an answer.
            refusal = f"the emulator of Redshift has a defect: {error!r}"
            self._answer([wire.error("FATAL", INTERNAL, refusal)])
            self._stream.flush()
            raise


def _as_redshift(error: Message) -> Message:
    """Return an error in Redshift's words where a text has too many bytes."""
    fields = wire.error_fields(error.body)
    length = BYTES_CONSTRAINT.match(fields.get("n", ""))
    if length is None:
        return error
    refusal = f"value too long for type character varying({length[1]})"
    return wire.error(fields["S"], "22001", refusal)
