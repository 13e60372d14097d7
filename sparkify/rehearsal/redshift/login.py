"""The login of a client: TLS, then a password, then a connection of its own."""

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from sparkify.rehearsal.redshift import wire
from sparkify.rehearsal.redshift.backend import Backend, BackendError, cancel
from sparkify.rehearsal.redshift.wire import Message

INVALID_AUTHORIZATION = "28000"

# The start-up parameters that PostgreSQL knows too; Redshift's own are dropped.
PASSED = {
    "application_name",
    "client_encoding",
    "datestyle",
    "extra_float_digits",
    "timezone",
}
# A backslash begins an escape in every text, as in the PostgreSQL that Redshift is.
SETTINGS = {"standard_conforming_strings": "off", "escape_string_warning": "off"}
# What Redshift reports of itself: the version of the PostgreSQL that it comes from, and
# the protocol without the extended metadata.
REPORTED = {"server_version": "8.0.2", "server_protocol_version": "0"}


class Credentials(Protocol):
    """The users who may log in."""

    def check(self, user: str, password: str) -> str | None:
        """Validate a login: return None, or what the client is told."""


def log_in(
    connection: socket.socket,
    held: ExitStack,
    context: ssl.SSLContext,
    credentials: Credentials,
    postgres: Path,
    database_user: Callable[[str], str],
) -> tuple[socket.socket, BinaryIO, Backend] | None:
    """Log a client in, from its first packet until it may send statements.

    Args:
        connection: The client's connection.
        held: Receives what must be closed later.
        context: The server's TLS.
        credentials: The users who may log in.
        postgres: PostgreSQL's socket.
        database_user: Returns the database user of a login.

    Returns:
        The encrypted connection, its stream, and the connection to PostgreSQL; None
        where the client was refused.

    Raises:
        OSError: The client is gone.
        ValueError: The client's protocol is unknown.
    """
    plain = held.enter_context(connection.makefile("rwb", buffering=0))
    packet = wire.read_startup(plain)
    while packet is not None and packet[0] == wire.GSS_REQUEST:
        plain.write(b"N")
        packet = wire.read_startup(plain)
    if packet is None:
        return None
    if packet[0] == wire.CANCEL_REQUEST:
        cancel(postgres, packet[1])
        return None
    if packet[0] != wire.SSL_REQUEST:
        plain.write(_refusal(f"no TLS: {_user(packet[1])} must use SSL").raw)
        return None
    plain.write(b"S")
    encrypted = held.enter_context(context.wrap_socket(connection, server_side=True))
    stream = held.enter_context(cast(BinaryIO, encrypted.makefile("rwb")))
    packet = wire.read_startup(stream)
    if packet is not None and packet[0] == wire.CANCEL_REQUEST:
        cancel(postgres, packet[1])
        return None
    if packet is None:
        return None
    if packet[0] >> 16 != wire.PROTOCOL >> 16:
        raise ValueError(f"protocol version {packet[0]} is not 3.0")
    backend = _authenticate(stream, packet[1], credentials, postgres, database_user)
    if backend is None:
        return None
    held.callback(backend.close)
    return encrypted, stream, backend


def _user(body: bytes) -> str:
    """Return the user of a start-up packet, for an error."""
    return f'user "{wire.startup_parameters(body).get("user", "")}"'


def _refusal(message: str) -> Message:
    return wire.error("FATAL", INVALID_AUTHORIZATION, message)


def _authenticate(
    stream: BinaryIO,
    body: bytes,
    credentials: Credentials,
    postgres: Path,
    database_user: Callable[[str], str],
) -> Backend | None:
    """Validate the password and open the connection to PostgreSQL."""
    parameters = wire.startup_parameters(body)
    user = parameters.get("user", "")
    stream.write(wire.authentication(wire.CLEARTEXT).raw)
    stream.flush()
    answer = wire.read_message(stream)
    if answer is None or answer.kind != b"p":
        return None
    refusal = credentials.check(user, answer.body[:-1].decode())
    if refusal is not None:
        stream.write(_refusal(refusal).raw)
        stream.flush()
        return None
    passed = {
        name: value for name, value in parameters.items() if name.lower() in PASSED
    }
    database = parameters.get("database", user)
    passed |= SETTINGS | {"user": database_user(user), "database": database}
    try:
        backend = Backend(postgres, passed)
    except BackendError as error:
        stream.write(error.answer.raw)
        stream.flush()
        return None
    settings = backend.settings | REPORTED
    reported = [wire.parameter_status(*pair) for pair in settings.items()]
    key = Message(b"K", backend.key)
    ready = wire.ready(backend.status)
    for message in (wire.authentication(0), *reported, key, ready):
        stream.write(message.raw)
    stream.flush()
    return backend
