"""COPY and UNLOAD between S3 and the stand-in's tables keep Redshift's rules."""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from sparkify.rehearsal.redshift.objects import (
    CopyData,
    CopyError,
    read_copy,
    write_unload,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "sparkify-copy"
ROLE = "arn:aws:iam::123456789012:role/copy"
GRANT = f"iam_role '{ROLE}'"

COLUMNS = [
    ("name", "character varying(8)"),
    ("plays", "integer"),
    ("ts", "bigint"),
    ("length", "double precision"),
    ("raw", "character varying(65535)"),
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
    """A client in us-east-1 of a stand-in for S3 on loopback."""
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
    """The client, with an empty bucket."""
    client.create_bucket(Bucket=BUCKET)
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for entry in page.get("Contents", []):
            client.delete_object(Bucket=BUCKET, Key=entry["Key"])
    client.delete_bucket(Bucket=BUCKET)


def parquet(rows: Sequence[Sequence[object]], **types: pa.DataType) -> bytes:
    """Writes rows in the table's columns, with other types where told."""
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


def put_manifest(s3: "S3Client", *entries: dict[str, object]) -> str:
    return put(s3, "manifest", json.dumps({"entries": entries}).encode())


def entry(address: str, length: int, mandatory: bool = True) -> dict[str, object]:
    return {
        "url": address,
        "mandatory": mandatory,
        "meta": {"content_length": length},
    }


def copy(
    s3: "S3Client",
    text: str,
    columns: Sequence[tuple[str, str]] = COLUMNS,
) -> CopyData:
    return read_copy(text, lambda table: list(columns), s3)


def load(s3: "S3Client", text: str) -> bytes:
    return b"".join(copy(s3, text).chunks)


def refused(s3: "S3Client", text: str) -> CopyError:
    with pytest.raises(CopyError) as caught:
        load(s3, text)
    return caught.value


def fields(content: bytes) -> list[list[str | None]]:
    """Reads PostgreSQL's CSV, in which only an unquoted empty field is a null."""
    marked = content.decode().replace('""', "\0")
    lines: list[list[str | None]] = []
    for row in csv.reader(io.StringIO(marked, newline="")):
        lines.append([field.replace("\0", '"') if field else None for field in row])
    return [[None if f is None else ("" if f == '"' else f) for f in r] for r in lines]


def test_parquet_keeps_nulls_empty_texts_numbers_and_any_character(
    s3: "S3Client",
) -> None:
    address = put(s3, "flat/part-0.parquet", parquet(ROWS))
    data = copy(s3, f"copy staging from '{address}' {GRANT} format as parquet")
    found = fields(b"".join(data.chunks))
    assert data.table == "staging"
    assert data.columns == [name for name, _ in COLUMNS]
    assert data.rows() == len(ROWS)
    for row, expected in zip(found, ROWS, strict=True):
        for value, (name, _), wanted in zip(row, COLUMNS, expected, strict=True):
            if value is not None and wanted is not None and name in ("plays", "ts"):
                assert int(value) == wanted
            elif value is not None and name == "length":
                assert float(value) == wanted
            else:
                assert value == wanted


def test_the_statement_of_the_spark_connector_is_understood(s3: "S3Client") -> None:
    content = parquet(ROWS)
    address = put(s3, "temp/part-0.parquet", content)
    manifest = put_manifest(s3, entry(address, len(content)))
    seen = []
    data = read_copy(
        f'COPY "PUBLIC"."staging" FROM \'{manifest}\' FORMAT AS PARQUET '
        f"SERIALIZETOJSON manifest   CREDENTIALS 'aws_iam_role={ROLE}'",
        lambda table: seen.append(table) or list(COLUMNS),  # type: ignore[func-returns-value]
        s3,
    )
    assert b"".join(data.chunks)
    assert data.rows() == len(ROWS)
    # Redshift folds identifiers in quotation marks as well.
    assert seen == [data.table] == ["public.staging"]


def test_csv_of_the_spark_connector_tells_nulls_from_empty_texts(
    s3: "S3Client",
) -> None:
    text = '"Björk, ""B""",1,2,0.5,"2\nlines"\n"",@NULL@,3,@NULL@,@NULL@\n'
    address = put(s3, "temp/part-0.csv.gz", gzip.compress(text.encode()))
    manifest = put_manifest(s3, {"url": address, "mandatory": True})
    found = copy(
        s3,
        f'COPY staging ("raw","plays","ts","length","name") FROM \'{manifest}\''
        " FORMAT AS CSV GZIP NULL AS '@NULL@'  manifest REGION 'us-east-1' "
        f"CREDENTIALS 'aws_iam_role={ROLE}'",
    )
    assert found.columns == ["raw", "plays", "ts", "length", "name"]
    assert b"".join(found.chunks).decode() == (
        '"Björk, ""B""","1","2","0.5","2\nlines"\n"",,"3",,\n'
    )


def test_every_object_below_the_prefix_is_loaded(s3: "S3Client") -> None:
    for part in range(3):
        put(s3, f"flat/part-{part}.parquet", parquet(ROWS))
    data = copy(s3, f"copy staging from 's3://{BUCKET}/flat/p' {GRANT} parquet")
    assert b"".join(data.chunks)
    assert data.rows() == 3 * len(ROWS)


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ("", "a|1|2|3|b\n", '"a","1","2","3","b"\n'),
        ("", "\\N|\\N|2|3|\n", ',,"2","3",""\n'),
        ("delimiter '\\t'", "a\t\t2\t3\tb", '"a",,"2","3","b"\n'),
        ("emptyasnull", "|1|2|3|b\n", ',"1","2","3","b"\n'),
        ("blanksasnull", "  |1|2|3|b\n", ',"1","2","3","b"\n'),
        ("escape", "a\\|b|1|2|3|c\\\nd\n", '"a|b","1","2","3","c\nd"\n'),
        ("ignoreheader 1", "h\na|1|2|3|b\n", '"a","1","2","3","b"\n'),
        ("truncatecolumns", "123456é|1|2|3|b\n", '"123456é","1","2","3","b"\n'),
        ("truncatecolumns", "1234567é|1|2|3|b\n", '"1234567","1","2","3","b"\n'),
        ("csv quote '%'", "%a,%%%,1,2,3,b\n", '"a,%","1","2","3","b"\n'),
        ("maxerror 2", "a|x|2|3|b\na|1|2|3|b\n", '"a","1","2","3","b"\n'),
        (
            "json 'auto'",
            '{"name":"é","plays":1,\n"length":0.10}{"ts":5,"raw":""}',
            '"é","1",,"0.10",\n,,"5",,""\n',
        ),
    ],
)
def test_text_is_read_as_its_options_say(
    s3: "S3Client", options: str, text: str, expected: str
) -> None:
    address = put(s3, "text", text.encode())
    content = load(s3, f"copy staging from '{address}' {GRANT} {options}")
    assert content.decode() == expected


def test_invalid_utf8_is_replaced_byte_for_byte_only_when_asked(
    s3: "S3Client",
) -> None:
    address = put(s3, "text", b"a\xff\xfe|1|2|3|b\n")
    error = refused(s3, f"copy staging from '{address}' {GRANT}")
    assert error.details is not None
    assert error.details.error_code == 1220
    statement = f"copy staging from '{address}' {GRANT} acceptinvchars '^'"
    assert load(s3, statement).startswith(b'"a^^"')


def test_a_text_with_too_many_bytes_names_file_row_column_and_value(
    s3: "S3Client",
) -> None:
    fits, too_long = "éééé", "éééé!"
    rows = [(fits, 1, 2, 3.0, "")] * 4 + [(too_long, 1, 2, 3.0, "")]
    address = put(s3, "flat/part-0.parquet", parquet(rows))
    error = refused(s3, f"copy staging from '{address}' {GRANT} parquet")
    assert error.message.startswith("Load into table 'staging' failed.")
    detail = error.details
    assert detail is not None
    assert (detail.file_name, detail.line_number) == (address, 5)
    assert (detail.column_name, detail.value) == ("name", too_long)
    assert detail.error_code == 1204
    assert detail.error_message == "String length exceeds DDL length"


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("123456789|1|2|3|b", "name", 1204),
        ("a|1.5|2|3|b", "plays", 1207),
        ("a|2147483648|2|3|b", "plays", 1207),
        ("a|1|2|three|b", "length", 1208),
        ("a|1|2|3|b|c", "", 1202),
        ("a|1|2", "", 1203),
    ],
)
def test_a_field_that_does_not_fit_is_an_error_of_its_line(
    s3: "S3Client", line: str, column: str, code: int
) -> None:
    address = put(s3, "text", f"a|1|2|3|b\n{line}\n".encode())
    error = refused(s3, f"copy staging from '{address}' {GRANT}")
    assert error.details is not None
    assert error.details.line_number == 2
    assert (error.details.column_name, error.details.error_code) == (column, code)


@pytest.mark.parametrize(
    ("name", "type_"), [("ts", pa.int32()), ("plays", pa.int64()), ("raw", pa.binary())]
)
def test_parquet_types_must_match_exactly(
    s3: "S3Client", name: str, type_: pa.DataType
) -> None:
    rows = [(None, None, None, None, None)]
    address = put(s3, "part-0.parquet", parquet(rows, **{name: type_}))
    error = refused(s3, f"copy staging from '{address}' {GRANT} parquet")
    expected = (
        f"File '{address}' has an incompatible Parquet schema for column "
        f"'{address}.{name}'.  Column type: {dict(COLUMNS)[name].upper()}, Parquet "
        "schema:\noptional "
    )
    assert "Spectrum Scan Error" in error.message
    assert expected in error.message


def test_parquet_is_loaded_by_position_and_its_columns_are_counted(
    s3: "S3Client",
) -> None:
    address = put(s3, "part-0.parquet", parquet(ROWS))
    statement = f"copy staging from '{address}' {GRANT} parquet"
    with pytest.raises(CopyError, match="Table columns: 4, Data columns: 5"):
        b"".join(copy(s3, statement, COLUMNS[:-1]).chunks)
    renamed = [(f"{name}_2", type_name) for name, type_name in COLUMNS]
    assert b"".join(copy(s3, statement, renamed).chunks)


def test_a_manifest_must_be_true_of_its_objects(s3: "S3Client") -> None:
    content = parquet(ROWS)
    address = put(s3, "flat/part-0.parquet", content)
    there = entry(address, len(content))
    absent = f"s3://{BUCKET}/flat/part-1.parquet"

    def run(*entries: dict[str, object]) -> str:
        manifest = put_manifest(s3, *entries)
        return f"copy staging from '{manifest}' {GRANT} parquet manifest"

    assert load(s3, run(there, entry(absent, 1, mandatory=False)))
    message = refused(s3, run(there, entry(absent, 1))).message
    assert "The specified S3 prefix 'flat/part-1.parquet' does not exist" in message
    assert "content_length 1, but" in refused(s3, run(entry(address, 1))).message
    message = refused(s3, run({"url": address, "mandatory": True})).message
    assert "must have meta.content_length" in message
    message = refused(s3, run(entry(absent, 1, mandatory=False))).message
    assert "None of the files" in message


def test_a_bucket_of_another_region_is_refused_unless_it_is_named(
    s3: "S3Client",
) -> None:
    far = f"{BUCKET}-far"
    s3.create_bucket(
        Bucket=far, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3.put_object(Bucket=far, Key="text", Body=b"a|1|2|3|b\n")
    statement = f"copy staging from 's3://{far}/text' {GRANT}"
    assert "must be addressed using the specified endpoint" in (
        refused(s3, statement).message
    )
    assert load(s3, f"{statement} region 'eu-west-1'")
    message = refused(s3, f"{statement} parquet region as 'eu-west-1'").message
    assert message == "REGION argument is not supported for PARQUET based COPY"
    s3.delete_object(Bucket=far, Key="text")
    s3.delete_bucket(Bucket=far)


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("parquet", "needs an authorization"),
        ("iam_role 'copy' parquet", "Invalid IAM role 'copy'"),
        ("credentials 'role=copy' parquet", "Invalid credentials"),
        (f"{GRANT} {GRANT} parquet", "redundant credentials"),
        (f"{GRANT} parquet fillrecord", "FILLRECORD is not taught"),
        (f"{GRANT} orc", "ORC is not taught"),
        (f"{GRANT} avro 'auto'", "AVRO is not taught"),
        (f"{GRANT} json 's3://b/paths'", "use JSON 'auto'"),
        (f"{GRANT} csv timeformat 'YYYY'", "use 'auto'"),
        (f"{GRANT} parquet gzip", "GZIP argument is not supported for PARQUET"),
        (f"{GRANT} csv csv", "redundant options: CSV"),
        (f"{GRANT} csv serializetojson", "only supported for ORC/PARQUET"),
        (f"{GRANT} ignoreheader many", 'syntax error at or near "many"'),
        (f"{GRANT} null", "syntax error at end of input"),
    ],
)
def test_what_is_not_understood_is_refused(
    s3: "S3Client", tail: str, message: str
) -> None:
    assert message in refused(s3, f"copy staging from 's3://{BUCKET}/x' {tail}").message


@pytest.mark.parametrize(
    "grant",
    [
        "iam_role default",
        f"with credentials as 'aws_iam_role={ROLE}'",
        "credentials 'aws_access_key_id=a;aws_secret_access_key=b;token=c'",
        "access_key_id 'a' secret_access_key 'b' session_token 'c'",
    ],
)
def test_any_documented_authorization_is_taken(s3: "S3Client", grant: str) -> None:
    address = put(s3, "text", b"a|1|2|3|b\n")
    assert load(s3, f"copy staging from '{address}' {grant} compupdate off")


def test_missing_objects_buckets_tables_and_columns_are_named(s3: "S3Client") -> None:
    statement = f"copy staging from 's3://{BUCKET}/none' {GRANT} parquet"
    assert "prefix 'none' does not exist" in refused(s3, statement).message
    message = refused(s3, statement.replace(BUCKET, "sparkify-none")).message
    assert "The specified bucket does not exist" in message
    with pytest.raises(CopyError, match='relation "staging" does not exist'):
        copy(s3, statement, [])
    message = refused(s3, statement.replace("staging", "staging (artist)")).message
    assert message == 'column "artist" of relation "staging" does not exist'


UNLOADED = [("name", 1043), ("plays", 23), ("length", 701), ("is_new", 16)]
UNLOADED_ROWS = [
    ('Björk|"x"\'\\', "1", "0.1", "t"),
    ("", None, None, "f"),
    (None, "-2", "Infinity", None),
]


def unload(s3: "S3Client", options: str, query: str = "select 1") -> list[str]:
    """Unloads the rows and gives the queries that were run."""
    queries = []

    def run(
        query: str,
    ) -> tuple[list[tuple[str, int]], Iterator[tuple[str | None, ...]]]:
        queries.append(query)
        return UNLOADED, iter(UNLOADED_ROWS)

    text = f"unload ('{query}') to 's3://{BUCKET}/out/' {GRANT} {options}"
    assert write_unload(text, run, s3) == len(UNLOADED_ROWS)
    return queries


def stored(s3: "S3Client", key: str) -> bytes:
    return s3.get_object(Bucket=BUCKET, Key=f"out/{key}")["Body"].read()


def test_unload_to_parquet_keeps_types_and_lists_its_files(s3: "S3Client") -> None:
    unload(s3, "format as parquet manifest")
    (listed,) = json.loads(stored(s3, "manifest"))["entries"]
    content = stored(s3, "0000_part_00.parquet")
    assert listed["url"] == f"s3://{BUCKET}/out/0000_part_00.parquet"
    assert listed["meta"]["content_length"] == len(content)
    assert pq.read_table(io.BytesIO(content)).to_pylist() == [
        {"name": UNLOADED_ROWS[0][0], "plays": 1, "length": 0.1, "is_new": True},
        {"name": "", "plays": None, "length": None, "is_new": False},
        {"name": None, "plays": -2, "length": float("inf"), "is_new": None},
    ]


def test_the_text_that_unload_writes_can_be_copied_back(s3: "S3Client") -> None:
    columns = [
        ("name", "character varying(64)"),
        ("plays", "integer"),
        ("length", "double precision"),
        ("is_new", "boolean"),
    ]
    expected = [[*map(str, UNLOADED_ROWS[0])], ["", None, None, "f"]]
    expected.append([None, "-2", "Infinity", None])
    manifest = f"s3://{BUCKET}/out/manifest"
    for options in ("escape null as '@NULL@' gzip", "csv null as '@NULL@' gzip"):
        unload(s3, f"{options} manifest allowoverwrite")
        data = copy(
            s3,
            f"copy staging from '{manifest}' {GRANT} {options} manifest",
            columns,
        )
        assert fields(b"".join(data.chunks)) == expected


def test_unload_takes_the_query_out_of_its_quotation_marks(s3: "S3Client") -> None:
    (query,) = unload(s3, "csv", r"select ''a'' as \'b\' where x = ''\\\\''")
    assert query == r"select 'a' as 'b' where x = '\\'"


def test_unload_does_not_overwrite_unless_told(s3: "S3Client") -> None:
    unload(s3, "csv header parallel off")
    assert stored(s3, "000").startswith(b"name,plays,length,is_new\n")
    with pytest.raises(CopyError, match="is not empty"):
        unload(s3, "csv")
    unload(s3, "csv allowoverwrite")


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("", "needs an authorization"),
        (f"{GRANT} cleanpath", "CLEANPATH is not taught"),
        (f"{GRANT} parquet gzip", "GZIP is not supported with PARQUET"),
    ],
)
def test_an_unload_that_is_not_understood_is_refused(
    s3: "S3Client", tail: str, message: str
) -> None:
    with pytest.raises(CopyError, match=message):
        write_unload(
            f"unload ('select 1') to 's3://{BUCKET}/out/' {tail}",
            lambda query: ([], iter(())),
            s3,
        )
