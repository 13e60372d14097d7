"""One client's conversation: each of its messages is put to PostgreSQL and answered.

Messages go one by one, each awaiting its answer, so that the stand-in may do the work
of a statement itself between two others of the same transaction.
"""

from collections.abc import Callable, Iterable
from typing import BinaryIO

from sparkify.rehearsal.redshift import wire
from sparkify.rehearsal.redshift.backend import FAILED, Backend, BackendError
from sparkify.rehearsal.redshift.dialect import BYTES_CONSTRAINT, Translation, translate
from sparkify.rehearsal.redshift.lexer import statements
from sparkify.rehearsal.redshift.loading import INTERNAL, Loader
from sparkify.rehearsal.redshift.wire import Message

FLUSH = Message(b"H", b"")

# Which messages end the answer to a message of the extended protocol.
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
        backend: Its connection to PostgreSQL.
        loader: Who carries out COPY and UNLOAD.
        executed: Told after each statement, before its answer goes out.
    """

    def __init__(
        self,
        stream: BinaryIO,
        backend: Backend,
        loader: Loader,
        executed: Callable[[], None],
    ) -> None:
        self._stream = stream
        self._backend = backend
        self._loader = loader
        self._executed = executed
        self._statements: dict[bytes, Translation] = {}
        self._portals: dict[bytes, Translation] = {}
        self._is_skipping = False  # after an error, up to the next Sync

    def run(self) -> None:
        """Answers until the client goes.

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
                    pass  # what a refused COPY FROM STDIN still sends
                case kind if kind in LAST:
                    if not self._is_skipping:
                        self._extended(message)
                case _:
                    refusal = f"message type {message.kind!r} is not known"
                    self._answer([wire.error("FATAL", "08P01", refusal)])
                    self._stream.flush()
                    return

    def _answer(self, messages: Iterable[Message]) -> Message | None:
        """Passes messages on to the client; gives the last."""
        message = None
        for message in messages:
            if message.kind == b"E":
                self._is_skipping = True
                self._stream.write(_as_redshift(message).raw)
            elif message.kind != b"S" or not message.body.startswith(b"server_version"):
                self._stream.write(message.raw)
        return message

    def _query(self, text: str) -> None:
        """Answers the simple protocol: one or more statements as a text."""
        parts = [translate(part) for part in statements(text)]
        refused = next(filter(None, map(_stdin_refusal, parts)), None)
        if refused is not None:
            self._backend.fail()
            self._answer([refused, wire.ready(self._backend.status)])
        elif any(part.task for part in parts):
            self._one_by_one(parts)
        else:
            together = ";".join(part.text for part in parts)
            self._backend.send(Message(b"Q", wire.text(together)))
            for message in self._backend.answers(b"Z"):
                if message.kind == b"Z":
                    self._executed()
                self._answer([message])
        self._is_skipping = False

    def _one_by_one(self, parts: list[Translation]) -> None:
        for part in parts:
            if part.task:
                answers = self._do_task(part)
            else:
                self._backend.send(Message(b"Q", wire.text(part.text)))
                answers = [m for m in self._backend.answers(b"Z") if m.kind != b"Z"]
            self._executed()
            last = self._answer(answers)
            if last is not None and last.kind == b"E":
                break
        self._answer([wire.ready(self._backend.status)])

    def _extended(self, message: Message) -> None:
        """Answers a message of the extended protocol."""
        kind, body = message
        if kind == b"P":
            name, rest = wire.split_text(body)
            text, types = wire.split_text(rest)
            translation = translate(text.decode())
            refused = _stdin_refusal(translation)
            if refused is not None:
                self._backend.fail()
                self._answer([refused])
                return
            message = wire.parse(name, translation.text, types)
            self._statements[name] = translation
        elif kind == b"B":
            portal, rest = wire.split_text(body)
            name, _ = wire.split_text(rest)
            if name in self._statements:
                self._portals[portal] = self._statements[name]
        elif kind == b"E":
            portal, _ = wire.split_text(body)
            translation = self._portals.get(portal, translate(""))
            if translation.task:
                answers = self._do_task(translation)
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

    def _do_task(self, statement: Translation) -> list[Message]:
        """Has a COPY or UNLOAD done; gives what to tell the client."""
        if self._backend.status == FAILED:
            refusal = (
                "current transaction is aborted, commands ignored until end of "
                "transaction block"
            )
            return [wire.error("ERROR", "25P02", refusal)]
        try:
            return self._loader.carry_out(statement.task, statement.source)
        except BackendError as error:
            return [error.answer]
        except OSError:
            raise
        except Exception as error:
            # The client must not wait for an answer that a defect of ours swallows.
            refusal = f"the stand-in for Redshift has a defect: {error!r}"
            self._answer([wire.error("FATAL", INTERNAL, refusal)])
            self._stream.flush()
            raise


def _stdin_refusal(statement: Translation) -> Message | None:
    """Refuses what would make PostgreSQL wait for rows from the client."""
    words = statement.source.upper().split()
    if statement.task == "COPY" and ("STDIN" in words or "STDOUT" in words):
        refusal = "COPY FROM STDIN is not supported; load from S3"
        return wire.error("ERROR", "0A000", refusal)
    return None


def _as_redshift(error: Message) -> Message:
    """Says of a text with too many bytes what Redshift says."""
    fields = wire.error_fields(error.body)
    length = BYTES_CONSTRAINT.match(fields.get("n", ""))
    if length is None:
        return error
    refusal = f"value too long for type character varying({length[1]})"
    return wire.error(fields["S"], "22001", refusal)
