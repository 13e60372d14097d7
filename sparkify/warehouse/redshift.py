"""The warehouse in the cloud: a Redshift cluster, or Redshift Serverless.

Rows are loaded from S3 by COPY. The star is replaced in one transaction, so readers see
the old star or the new one; there are no versions to publish.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from sparkify.aws.cloud import Cloud
from sparkify.aws.login import Login, connect, get_login, get_reader_login
from sparkify.aws.pausing import explain_paused
from sparkify.errors import CloudError, WarehouseError
from sparkify.warehouse.redshift_schema import (
    prepare_reader,
    prepare_schema,
    publish_schema,
)
from sparkify.warehouse.redshift_session import RedshiftSession
from sparkify.warehouse.session import Session, Warehouse

if TYPE_CHECKING:
    from redshift_connector.core import Connection

NOT_READABLE = ("42P01", "42501")  # SQLSTATE: undefined table, insufficient privilege


class RedshiftWarehouse(Warehouse):
    """The star schema in one schema of a database of one cluster or workgroup.

    Args:
        cloud: The cloud resources that 01_provision created.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._reader: Session | None = None
        self._lock = Lock()

    def prepare(self) -> str:
        """Create our schema and the read-only user if they are missing.

        Raises:
            WarehouseError: The schema or the user is a stranger's; nothing was changed.
        """
        with (
            RedshiftSession(self._cloud, self._connect, is_inside=False) as session,
            session.transaction(),
        ):
            prepare_schema(session, self._cloud.settings.schema)
            prepare_reader(
                session, self._cloud.reader, is_of_iam=bool(self._cloud.workgroup)
            )
        return ""

    def writing(self) -> Session:
        """Connect as the owner; readers see the changes of a committed transaction."""
        return RedshiftSession(self._cloud, self._connect)

    def publish(self) -> None:
        """Update the planner's statistics, and let readers see all tables."""
        with self.writing() as session:
            publish_schema(session, self._cloud.settings.schema, self._cloud.reader)

    def version(self) -> str:
        """Return the id of the run that built the star."""
        with self._lock:
            if self._reader is None:
                self._reader = self.reading()
            try:
                run = _last_transform(self._reader)
            except WarehouseError:
                self._reader = None
                raise
        if run is None:
            raise WarehouseError(
                f"there is no finished warehouse yet in {self._cloud.warehouse}; build "
                "one with sparkify run and the parameters of the run"
            )
        return run

    def reading(self) -> Session:
        """Connect as the read-only user; a lost connection is replaced once a query."""
        return RedshiftSession(self._cloud, self._connect_reader, is_reader=True)

    def _connect(self) -> Connection:
        return self._log_in(get_login)

    def _connect_reader(self) -> Connection:
        return self._log_in(get_reader_login)

    def _log_in(self, login: Callable[[Cloud], Login]) -> Connection:
        try:
            return connect(self._cloud, login(self._cloud))
        except (CloudError, WarehouseError):
            if reason := explain_paused(self._cloud):
                raise WarehouseError(reason) from None
            raise


def _last_transform(session: Session) -> str | None:
    try:
        run: str | None = session.query_file("redshift/last_transform")[0][0].as_py()
    except WarehouseError as error:
        if any(f"({code})" in str(error) for code in NOT_READABLE):
            return None
        raise
    return run
