"""Listens for clients, lets them in and has each one answered in a thread."""

import logging
import socket
import socketserver
import struct
import threading
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sparkify.rehearsal.redshift import catalog, tls
from sparkify.rehearsal.redshift.backend import Backend, identifier, literal
from sparkify.rehearsal.redshift.closing import Closing
from sparkify.rehearsal.redshift.journal import LoadJournal
from sparkify.rehearsal.redshift.loading import Loader
from sparkify.rehearsal.redshift.login import Credentials, log_in
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.rehearsal.redshift.session import Session

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

logger = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"
LOGIN_SECONDS = 30  # within which a client must have logged in
RESET = struct.pack("ii", 1, 0)  # a close that tells the client to give up at once


class RedshiftServer(Closing):
    """Redshift on loopback, for as long as the context is open.

    Args:
        folder: Where it keeps its data, certificates and log; made where missing.
        credentials: Who may log in.
        s3: A client of S3 for COPY and UNLOAD.
        database: The one database.
        admin: The superuser; everyone else is made by `create user` or `create_user`.
        endpoint: The cluster's own host name, for which the certificate is good too.
        slices: How many slices the cluster pretends to have.

    Attributes:
        host: The host name for clients.
        port: Where it listens.
        ca_file: The certificate authority, as PEM.
        cut_after: Counts down with each statement; at 0 the connection that made it so
            is cut: the statement is carried out, its answer is lost. None never cuts.
    """

    host = "localhost"

    def __init__(
        self,
        folder: Path,
        *,
        credentials: Credentials,
        s3: "S3Client",
        database: str = "dev",
        admin: str = "awsuser",
        endpoint: str = "localhost",
        slices: int = 4,
    ) -> None:
        self.credentials = credentials
        self.s3 = s3
        self.database = database
        self.cut_after: int | None = None
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, Backend | None] = {}
        self._is_closing = False
        folder.mkdir(parents=True, exist_ok=True)
        hosts = list(dict.fromkeys([self.host, endpoint]))
        self.tls, self.ca_file = tls.make_context(folder, hosts)
        self.postgres = Postgres(folder)
        try:
            self._prepare(slices)
            self.create_user(admin, is_superuser=True)
            self.journal = LoadJournal(
                self.postgres.socket, self.postgres.superuser, database
            )
            self._listener = _Listener(self)
        except BaseException:
            self.postgres.close()
            raise
        self.port: int = self._listener.server_address[1]
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.05,), name="redshift"
        )
        self._thread.start()

    def _prepare(self, slices: int) -> None:
        with self._superuser("postgres") as connection:
            catalog.create_database(connection, self.database)
        with self._superuser(self.database) as connection:
            catalog.create_catalog(connection, slices)

    def _superuser(self, database: str) -> Backend:
        parameters = {"user": self.postgres.superuser, "database": database}
        return Backend(self.postgres.socket, parameters)

    def create_user(self, name: str, *, is_superuser: bool = False) -> None:
        """Makes a user, as `AutoCreate` does for temporary credentials.

        A user who is there already stays as it is.
        """
        with self._superuser(self.database) as connection:
            query = f"select 1 from pg_roles where rolname = {literal(name)}"  # noqa: S608
            if not connection.execute(query):
                rights = " superuser" * is_superuser
                connection.execute(f"create role {identifier(name)} login{rights}")

    def execute(self, statement: str) -> list[tuple[str | None, ...]]:
        """Carries out PostgreSQL's own SQL as a superuser; gives rows as text."""
        with self._superuser(self.database) as connection:
            return connection.execute(statement)

    def cut_connections(self) -> None:
        """Cuts every client off, in the middle of whatever it does."""
        with self._lock:
            for cord, backend in self._clients.items():
                _cut(cord)
                if backend is not None:
                    backend.abort()

    def close(self) -> None:
        """Cuts every client off and stops."""
        self._listener.shutdown()
        self._thread.join()
        self._is_closing = True
        self.cut_connections()
        self._listener.server_close()  # waits for the clients' threads
        self.journal.close()
        self.postgres.close()

    def talk(self, connection: socket.socket) -> None:
        """Serves one client from its first packet to its last."""
        cord = connection.dup()  # what cuts it, whatever TLS makes of the other
        with self._lock:
            if self._is_closing:
                _cut(cord)
            self._clients[cord] = None
        try:
            connection.settimeout(LOGIN_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with ExitStack() as held:
                found = log_in(
                    connection,
                    held,
                    self.tls,
                    self.credentials,
                    self.postgres.socket,
                )
                if found is not None:
                    connection, stream, backend = found
                    connection.settimeout(None)
                    with self._lock:
                        self._clients[cord] = backend
                    loader = Loader(backend, self.s3, self.journal)
                    counted = partial(self.count_statement, cord)
                    Session(stream, backend, loader, counted).run()
        except (OSError, ValueError) as error:
            logger.info("a client is gone: %r", error)
        finally:
            with self._lock:
                del self._clients[cord]
                cord.close()

    def count_statement(self, cord: socket.socket) -> None:
        """Counts a statement that was carried out, and cuts where it must.

        Raises:
            ConnectionAbortedError: It has cut.
        """
        with self._lock:
            if self.cut_after is None:
                return
            self.cut_after -= 1
            is_due = self.cut_after <= 0
            if is_due:
                self.cut_after = None
        if is_due:
            _cut(cord)
            raise ConnectionAbortedError("cut_after was reached")


def _cut(cord: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        cord.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        cord.shutdown(socket.SHUT_RDWR)


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, server: RedshiftServer) -> None:
        self.redshift = server
        super().__init__((ADDRESS, 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        logger.exception("the stand-in for Redshift has a defect")


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        cast(_Listener, self.server).redshift.talk(self.request)
