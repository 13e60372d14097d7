"""A COPY of Parquet from S3 is understood, and all else is refused by name."""

import pytest

from sparkify.rehearsal.redshift.copy_statement import Column, parse_copy
from sparkify.rehearsal.redshift.load_errors import CopyError

BUCKET = "sparkify-copy"
ROLE = "arn:aws:iam::123456789012:role/copy"
GRANT = f"iam_role '{ROLE}'"


def test_the_column_list_gives_the_order_of_the_files_columns() -> None:
    statement = parse_copy(f"copy t (raw, name) from 's3://b/k' {GRANT} parquet;")
    name, plays, raw = (Column(name, "text") for name in ("name", "plays", "raw"))
    assert statement.select_columns([name, plays, raw]) == [raw, name]


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("", "COPY of delimited text is not supported by the emulator"),
        ("csv quote '%'", "COPY of CSV is not supported by the emulator"),
        ("format as csv gzip", "COPY of CSV is not supported by the emulator"),
        ("json 'auto'", "COPY of JSON is not supported by the emulator"),
        ("format as orc", "COPY of ORC is not supported by the emulator"),
        ("avro 'auto'", "COPY of AVRO is not supported by the emulator"),
        ("delimiter '|'", "COPY option DELIMITER is not supported by the emulator"),
        ("parquet gzip", "COPY option GZIP is not supported by the emulator"),
        ("parquet region 'eu-west-1'", "COPY option REGION is not supported"),
    ],
)
def test_a_copy_of_anything_but_parquet_is_refused_by_name(
    tail: str, message: str
) -> None:
    with pytest.raises(CopyError, match=message):
        parse_copy(f"copy staging from 's3://{BUCKET}/x' {GRANT} {tail}")


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("parquet", "needs an authorization"),
        ("iam_role 'copy' parquet", "Invalid IAM role 'copy'"),
        ("credentials 'role=copy' parquet", "other than 'aws_iam_role=...'"),
        ("access_key_id 'a' secret_access_key 'b' parquet", "ACCESS_KEY_ID is not"),
        (f"{GRANT} {GRANT} parquet", "redundant options: IAM_ROLE"),
        (f"{GRANT} parquet parquet", "redundant options: PARQUET"),
        (f"{GRANT} parquet 'x'", 'syntax error at or near "x"'),
        (f"{GRANT} parquet iam_role", "syntax error at end of input"),
    ],
)
def test_an_invalid_copy_is_refused(tail: str, message: str) -> None:
    with pytest.raises(CopyError, match=message):
        parse_copy(f"copy staging from 's3://{BUCKET}/x' {tail}")


@pytest.mark.parametrize(
    "grant",
    [
        "iam_role default",
        f"iam_role '{ROLE},{ROLE}'",
        f"with credentials as 'aws_iam_role={ROLE}'",
    ],
)
def test_a_role_can_be_given_in_each_documented_way(grant: str) -> None:
    text = f"copy staging from 's3://{BUCKET}/x' {grant} statupdate off parquet"
    assert parse_copy(text).source == f"s3://{BUCKET}/x"
