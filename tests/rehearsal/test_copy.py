"""The rows of a COPY of Parquet from S3 follow Redshift's rules."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from sparkify.rehearsal.redshift.copy_statement import Column, parse_copy
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.rehearsal.redshift.parquet_files import read_objects
from sparkify.rehearsal.redshift.s3_objects import find_objects

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "sparkify-copy"
ROLE = "arn:aws:iam::123456789012:role/copy"
GRANT = f"iam_role '{ROLE}'"

COLUMNS = [
    Column("name", "character varying(8)"),
    Column("plays", "integer"),
    Column("ts", "bigint"),
    Column("length", "double precision"),
    Column("raw", "character varying(65535)"),
]
ARROW = {
    "name": pa.string(),
    "plays": pa.int32(),
    "ts": pa.int64(),
    "length": pa.float64(),
    "raw": pa.string(),
}
# A row of PostgreSQL's CSV for each hard case; None is a null.
ROWS: list[tuple[object, ...]] = [
    ("Björk", 1, 1541105830796, 0.1, '{"a":"x,y"}'),
    ("", None, -1, 5e-324, ""),
    (None, -(2**31), 2**63 - 1, None, 'two\nlines and a "quote"\\'),
    ("日本", 2**31 - 1, 0, 1.7976931348623157e308, "\\."),
]


@pytest.fixture(scope="module")
def client() -> Iterator["S3Client"]:
    """Yield a client in us-east-1 of an emulated S3 on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.Session().client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    yield client
    client.close()
    server.stop()


@pytest.fixture
def s3(client: "S3Client") -> Iterator["S3Client"]:
    """Yield the client, with an empty bucket."""
    client.create_bucket(Bucket=BUCKET)
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for entry in page.get("Contents", []):
            client.delete_object(Bucket=BUCKET, Key=entry["Key"])
    client.delete_bucket(Bucket=BUCKET)


def parquet(rows: Sequence[Sequence[object]], **types: pa.DataType) -> bytes:
    """Write rows in the table's columns, with other types where told."""
    schema = pa.schema([(name, types.get(name, ARROW[name])) for name, _ in COLUMNS])
    columns = zip(*rows, strict=True) if rows else [[] for _ in COLUMNS]
    arrays = [
        pa.array(values, field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    file = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=schema), file, row_group_size=2)
    return file.getvalue()


def put(s3: "S3Client", key: str, content: bytes) -> str:
    s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    return f"s3://{BUCKET}/{key}"


def url(address: str) -> str:
    """Return the address of an object as Redshift's reader of files names it."""
    return address.replace("s3://", "https://s3.us-east-1.amazonaws.com/")


def put_manifest(s3: "S3Client", *entries: dict[str, object]) -> str:
    return put(s3, "manifest", json.dumps({"entries": entries}).encode())


def entry(address: str, length: int, mandatory: bool = True) -> dict[str, object]:
    return {
        "url": address,
        "mandatory": mandatory,
        "meta": {"content_length": length},
    }


def load(
    s3: "S3Client", text: str, declared: Sequence[Column] = COLUMNS
) -> list[list[str | None]]:
    """Return the rows that a COPY loads into a table of the declared columns."""
    statement = parse_copy(text)
    columns = statement.select_columns(declared)
    objects = find_objects(statement, s3)
    return fields(b"".join(read_objects(objects, columns, s3)))


def refused(s3: "S3Client", text: str) -> CopyError:
    with pytest.raises(CopyError) as caught:
        load(s3, text)
    return caught.value


def fields(content: bytes) -> list[list[str | None]]:
    """Read PostgreSQL's CSV, in which only an unquoted empty field is a null."""
    marked = content.decode().replace('""', "\0")
    lines: list[list[str | None]] = []
    for row in csv.reader(io.StringIO(marked, newline="")):
        lines.append([field.replace("\0", '"') if field else None for field in row])
    return [[None if f is None else ("" if f == '"' else f) for f in r] for r in lines]


def test_parquet_keeps_nulls_empty_texts_numbers_and_any_character(
    s3: "S3Client",
) -> None:
    address = put(s3, "flat/part-0.parquet", parquet(ROWS))
    found = load(s3, f"copy staging from '{address}' {GRANT} format as parquet")
    for row, expected in zip(found, ROWS, strict=True):
        for value, (name, _), wanted in zip(row, COLUMNS, expected, strict=True):
            if value is not None and wanted is not None and name in ("plays", "ts"):
                assert int(value) == wanted
            elif value is not None and name == "length":
                assert float(value) == wanted
            else:
                assert value == wanted


def test_the_copy_of_the_spark_connector_is_parsed(s3: "S3Client") -> None:
    content = parquet(ROWS)
    address = put(s3, "temp/part-0.parquet", content)
    manifest = put_manifest(s3, entry(address, len(content)))
    names = ",".join(f'"{column.name.upper()}"' for column in COLUMNS)
    text = (
        f'COPY "PUBLIC"."staging" ({names}) FROM \'{manifest}\' FORMAT AS PARQUET '
        f"SERIALIZETOJSON manifest   CREDENTIALS 'aws_iam_role={ROLE}'"
    )
    # Redshift folds identifiers in quotation marks as well.
    assert parse_copy(text).table == ("public", "staging")
    assert len(load(s3, text)) == len(ROWS)


def test_every_object_below_the_prefix_is_loaded(s3: "S3Client") -> None:
    for part in range(3):
        put(s3, f"flat/part-{part}.parquet", parquet(ROWS))
    found = load(s3, f"copy staging from 's3://{BUCKET}/flat/p' {GRANT} parquet")
    assert len(found) == 3 * len(ROWS)


def test_a_text_with_too_many_bytes_names_file_and_column(s3: "S3Client") -> None:
    fits, too_long = "éééé", "éééé!"
    rows = [(fits, 1, 2, 3.0, "")] * 4 + [(too_long, 1, 2, 3.0, "")]
    address = put(s3, "flat/part-0.parquet", parquet(rows))
    error = refused(s3, f"copy staging from '{address}' {GRANT} parquet")
    assert str(error) == "Spectrum Scan Error"
    assert error.context == (
        "The length of the data column name is longer than the length defined in the "
        f"table. Table: 8, Data: 9, File name: {url(address)}"
    )


def test_a_file_without_rows_is_refused(s3: "S3Client") -> None:
    address = put(s3, "flat/part-0.parquet", parquet([]))
    error = refused(s3, f"copy staging from '{address}' {GRANT} parquet")
    assert f"File '{url(address)}' has no rows" in error.context


@pytest.mark.parametrize(
    ("name", "type_"), [("ts", pa.int32()), ("plays", pa.int64()), ("raw", pa.binary())]
)
def test_parquet_types_must_match_exactly(
    s3: "S3Client", name: str, type_: pa.DataType
) -> None:
    rows = [(None, None, None, None, None)]
    address = put(s3, "part-0.parquet", parquet(rows, **{name: type_}))
    error = refused(s3, f"copy staging from '{address}' {GRANT} parquet")
    assert str(error) == "Spectrum Scan Error"
    assert error.context.startswith(
        f"File '{url(address)}' has an incompatible Parquet schema for column "
        f"'{address}.{name}'. Column type: {dict(COLUMNS)[name].upper()}, Parquet "
        "schema:\noptional "
    )


def test_parquet_is_loaded_by_position_and_its_columns_are_counted(
    s3: "S3Client",
) -> None:
    address = put(s3, "part-0.parquet", parquet(ROWS))
    statement = f"copy staging from '{address}' {GRANT} parquet"
    with pytest.raises(CopyError, match="Spectrum Scan Error") as caught:
        load(s3, statement, COLUMNS[:-1])
    assert "Table columns: 4, Data columns: 5" in caught.value.context
    renamed = [Column(f"{name}_2", type_name) for name, type_name in COLUMNS]
    assert load(s3, statement, renamed)


def test_a_manifest_must_match_its_objects(s3: "S3Client") -> None:
    content = parquet(ROWS)
    address = put(s3, "flat/part-0.parquet", content)
    there = entry(address, len(content))
    absent = f"s3://{BUCKET}/flat/part-1.parquet"

    def run(*entries: dict[str, object]) -> str:
        manifest = put_manifest(s3, *entries)
        return f"copy staging from '{manifest}' {GRANT} parquet manifest"

    assert load(s3, run(there, entry(absent, 1, mandatory=False)))
    message = str(refused(s3, run(there, entry(absent, 1))))
    assert "The specified S3 prefix 'flat/part-1.parquet' does not exist" in message
    assert "content_length 1, but" in str(refused(s3, run(entry(address, 1))))
    message = str(refused(s3, run({"url": address, "mandatory": True})))
    assert "must have meta.content_length" in message
    message = str(refused(s3, run(entry(absent, 1, mandatory=False))))
    assert "None of the files" in message


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"entries": [{}]}'])
def test_a_manifest_without_entries_is_named(s3: "S3Client", content: bytes) -> None:
    manifest = put(s3, "odd/manifest", content)
    error = refused(s3, f"copy staging from '{manifest}' {GRANT} parquet manifest")
    assert str(error).startswith(f"Problem reading manifest file - {manifest}: ")


def test_a_bucket_of_another_region_is_refused(s3: "S3Client") -> None:
    far = f"{BUCKET}-far"
    s3.create_bucket(
        Bucket=far, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    error = refused(s3, f"copy staging from 's3://{far}/part' {GRANT} parquet")
    assert "must be addressed using the specified endpoint" in str(error)
    s3.delete_bucket(Bucket=far)


def test_missing_objects_buckets_and_columns_are_named(s3: "S3Client") -> None:
    statement = f"copy staging from 's3://{BUCKET}/none' {GRANT} parquet"
    assert "prefix 'none' does not exist" in str(refused(s3, statement))
    error = refused(s3, statement.replace(BUCKET, "sparkify-none"))
    assert "The specified bucket does not exist" in str(error)
    error = refused(s3, statement.replace("staging", "staging (artist)"))
    assert str(error) == 'column "artist" of relation "staging" does not exist'
