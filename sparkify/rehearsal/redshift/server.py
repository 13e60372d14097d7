"""The server: it listens on loopback and answers each client in a thread."""

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
from sparkify.rehearsal.redshift.declared_keys import DeclaredKeys
from sparkify.rehearsal.redshift.journal import LoadJournal
from sparkify.rehearsal.redshift.loader import Loader
from sparkify.rehearsal.redshift.login import Credentials, log_in
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.rehearsal.redshift.session import Session

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

    from sparkify.rehearsal.redshift.loader import OpenS3

logger = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"
LOGIN_SECONDS = 30  # for a client to log in
RESET = struct.pack("ii", 1, 0)  # closes a connection by a reset, at once


class RedshiftServer(Closing):
    """Redshift on loopback, for as long as the context is open.

    Args:
        folder: Where the server keeps its data and its certificate authority; created
            where missing.
        credentials: The users who may log in.
        s3: A client of S3 for COPY, which may read everything.
        assume: Returns a client of S3 with the rights of a role, by the role's ARN; the
            role must trust Redshift. None if COPY may read everything.
        database: The one database.
        admin: The superuser; `create user` or `create_user` creates the others.
        endpoint: The cluster's own host name, for which the certificate is valid too.
        slices: The number of slices that the cluster reports.
        postgres: An empty PostgreSQL to use, which stays; a new one where it is None.
        is_serverless: Whether it is a workgroup of Redshift Serverless, which lacks the
            system tables of a cluster, and makes the user of an IAM identity at its
            first login.

    Attributes:
        host: The host name for clients.
        keys: The keys that tables declare.
        port: The port for clients.
        ca_file: The certificate authority, as PEM.
        cut_after: The number of statements after which a connection is cut. The last
            statement is executed, its answer is lost. None never cuts.
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
        postgres: Postgres | None = None,
        assume: "OpenS3 | None" = None,
        is_serverless: bool = False,
    ) -> None:
        self.credentials = credentials
        self.open_s3: OpenS3 = assume or (lambda _: s3)
        self.database = database
        self.is_serverless = is_serverless
        self.cut_after: int | None = None
        self.keys = DeclaredKeys()
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, Backend | None] = {}
        self._is_closing = False
        folder.mkdir(parents=True, exist_ok=True)
        hosts = list(dict.fromkeys([self.host, endpoint]))
        self.tls, self.ca_file = tls.make_context(folder, hosts)
        self.postgres = postgres or Postgres(folder)
        self._owns_postgres = postgres is None
        try:
            self._prepare(slices)
            self.create_user(admin, is_superuser=True)
            self.journal = LoadJournal(
                self.postgres.socket, self.postgres.superuser, database
            )
            self._listener = _Listener(self)
        except BaseException:
            self._close_postgres()
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
        """Create a user, as `AutoCreate` does for temporary credentials.

        An existing user stays as it is.
        """
        with self._superuser(self.database) as connection:
            query = f"select 1 from pg_roles where rolname = {literal(name)}"  # noqa: S608
            if not connection.execute(query):
                rights = " superuser" * is_superuser
                connection.execute(f"create role {identifier(name)} login{rights}")

    def database_user(self, login: str) -> str:
        """Return the database user of a login; make that of an IAM identity."""
        prefix, _, name = login.rpartition(":")
        if not prefix:
            return login
        if not self.is_serverless:  # temporary credentials have the prefix "IAM:"
            return name
        self.create_user(login)
        return login

    def execute(self, statement: str) -> list[tuple[str | None, ...]]:
        """Execute PostgreSQL's own SQL as a superuser; return rows as text."""
        with self._superuser(self.database) as connection:
            return connection.execute(statement)

    def cut_connections(self) -> None:
        """Cut all connections, even while statements run."""
        with self._lock:
            for handle, backend in self._clients.items():
                _cut(handle)
                if backend is not None:
                    backend.abort()

    def close(self) -> None:
        """Cut all connections and stop."""
        self._listener.shutdown()
        self._thread.join()
        self._is_closing = True
        self.cut_connections()
        self._listener.server_close()  # waits for the clients' threads
        self.journal.close()
        self._close_postgres()

    def _close_postgres(self) -> None:
        if self._owns_postgres:
            self.postgres.close()

    def talk(self, connection: socket.socket) -> None:
        """Serve one client from its first packet to its last."""
        handle = connection.dup()  # can cut the connection in any state of TLS
        with self._lock:
            if self._is_closing:
                _cut(handle)
            self._clients[handle] = None
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
                    self.database_user,
                )
                if found is not None:
                    connection, stream, backend = found
                    connection.settimeout(None)
                    with self._lock:
                        self._clients[handle] = backend
                    loader = Loader(backend, self.open_s3, self.journal)
                    counted = partial(self.count_statement, handle)
                    Session(
                        stream,
                        backend,
                        loader,
                        counted,
                        self.keys,
                        is_serverless=self.is_serverless,
                    ).run()
        except (OSError, ValueError) as error:
            logger.info("a client is gone: %r", error)
        finally:
            with self._lock:
                del self._clients[handle]
                handle.close()

    def count_statement(self, handle: socket.socket) -> None:
        """Count an executed statement, and cut the connection after the last.

        Raises:
            ConnectionAbortedError: The connection was cut.
        """
        with self._lock:
            if self.cut_after is None:
                return
            self.cut_after -= 1
            is_due = self.cut_after <= 0
            if is_due:
                self.cut_after = None
        if is_due:
            _cut(handle)
            raise ConnectionAbortedError("cut_after was reached")


def _cut(handle: socket.socket) -> None:
    with suppress(OSError):  # it is already closed
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        handle.shutdown(socket.SHUT_RDWR)


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, server: RedshiftServer) -> None:
        self.redshift = server
        super().__init__((ADDRESS, 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        logger.exception("the emulator of Redshift has a defect")


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        cast(_Listener, self.server).redshift.talk(self.request)
