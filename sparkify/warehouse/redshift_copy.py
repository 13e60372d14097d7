"""Loads Parquet files into a Redshift cluster by one COPY with a manifest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sparkify import s3
from sparkify.aws.cloud import Cloud
from sparkify.aws.session import clients, explained
from sparkify.errors import LoadError, WarehouseError
from sparkify.warehouse.redshift_literals import literal
from sparkify.warehouse.session import Session
from sparkify.warehouse.sql import SOURCE_DIALECT

ERRORS_SHOWN = 5
TAIL = 65_536  # bytes of a file's end, which hold most footers
FOOTER_END = 8  # bytes: the footer's length and PAR1
REMEDY = "fix the file or the value that it names and run 03_flatten again"


def copy_files(session: Session, cloud: Cloud, table: str, files: Sequence[str]) -> int:
    """Append the rows of Parquet files to a table.

    Local files are uploaded to the bucket first. COPY maps columns by position; the
    files have the DDL's order. A file without rows is left out.

    Args:
        session: A session of Redshift.
        cloud: The cloud resources.
        table: The table.
        files: Paths, or `s3://` addresses.

    Returns:
        The number of rows that the table has more than before.

    Raises:
        LoadError: Redshift refused a file or a row; the message shows its details.
    """
    with clients(cloud.settings.region) as aws, explained():
        entries = list(_entries(aws.s3, cloud, files))
        if not entries:
            return 0
        manifest = _put_manifest(aws.s3, cloud, table, entries)
    copy = (
        f"copy {table} from {_text(manifest)} iam_role {_text(cloud.copy_role)} "
        "format as parquet manifest"
    )
    rows_before = _count(session, table)
    (clock,) = session.query_file("redshift/clock").to_pylist()
    try:
        session.execute(copy, {})
    except WarehouseError as error:
        if not _roll_back(session):
            raise
        logged = _logged_errors(session, clock["now"])
        raise LoadError(f"{table} was not loaded: {error}{logged}\n{REMEDY}") from error
    return _count(session, table) - rows_before


def _entries(
    client: Any, cloud: Cloud, files: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield the manifest's entry of each file that has rows; upload the local files."""
    for file in files:
        if not s3.is_s3(file):
            if pq.read_metadata(file).num_rows == 0:
                continue
            path = Path(file)
            folders = (path.parent.parent.name, path.parent.name)  # a batch, a part
            address = cloud.address("temp", "load", *folders, path.name)
            client.upload_file(file, *s3.split(address))
            size = path.stat().st_size
        else:
            address = file
            size, rows = _measure(client, file)
            if rows == 0:
                continue
        meta = {"content_length": size}
        yield {"url": address, "mandatory": True, "meta": meta}


def _measure(client: Any, address: str) -> tuple[int, int | None]:
    """Return the bytes of an object, and its rows; None where it is not Parquet."""
    bucket, key = s3.split(address)
    tail = client.get_object(Bucket=bucket, Key=key, Range=f"bytes=-{TAIL}")
    size = int(tail["ContentRange"].rpartition("/")[2])
    content = tail["Body"].read()
    footer = int.from_bytes(content[-FOOTER_END:-4], "little") + FOOTER_END
    if len(content) < footer <= size:
        tail = client.get_object(Bucket=bucket, Key=key, Range=f"bytes=-{footer}")
        content = tail["Body"].read()
    try:
        return size, pq.read_metadata(BytesIO(content)).num_rows
    except pa.ArrowException:  # COPY says better what it is
        return size, None


def _put_manifest(
    client: Any, cloud: Cloud, table: str, entries: Sequence[Mapping[str, Any]]
) -> str:
    address = cloud.address("manifests", f"{table}.json")
    bucket, key = s3.split(address)
    body = json.dumps({"entries": entries}).encode()
    client.put_object(Bucket=bucket, Key=key, Body=body)
    return address


def _count(session: Session, table: str) -> int:
    statement = f"select count(*) as row_count from {table}"  # noqa: S608 (own names)
    (row,) = session.query(statement, {}).to_pylist()
    return int(row["row_count"])


def _roll_back(session: Session) -> bool:
    """Roll back; return whether the connection is still there."""
    try:
        session.execute("rollback", {})
    except WarehouseError:
        return False
    return True


def _logged_errors(session: Session, since: datetime) -> str:
    """Return what Redshift has logged; no error of the question hides that of COPY."""
    values = {"since": since, "top": ERRORS_SHOWN}
    try:
        found = session.query_file("redshift/load_errors", **values).to_pylist()
    except WarehouseError as error:
        return f"\nthe table of load errors cannot be read either: {error}"
    return "".join(f"\n- {_describe_row(row)}" for row in found)


def _describe_row(row: Mapping[str, Any]) -> str:
    """Return a logged error; of Parquet, Redshift may leave out file and line."""
    place = ", ".join(
        f"{name} {value}"
        for name, value in (
            ("file", row["file_name"]),
            ("line", row["line_number"]),
            ("column", row["column_name"]),
        )
        if value
    )
    kind = f"{row['column_type']} {row['column_length']}".strip()
    return f"{place} ({kind}): {row['error_message']}"


def _text(text: str) -> str:
    return literal("text", text).sql(SOURCE_DIALECT)
