"""How long many small S3 objects take: `python -m tests.benchmark.latency`.

Each request waits in a proxy before an emulator of S3. Our flatten step reads all
objects, by DuckDB and by Spark. Plain Spark and a plain loop read a sixteenth of them,
as they take long; their time for all is in proportion. Plain Spark's session has
started before its clock does; the time of our Spark job holds its start.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sparkify.project import ROOT
from tests.benchmark.process import BenchmarkError, run_program, temporary_folder
from tests.benchmark.report import CAUTION, machine
from tests.support.s3_server import BUCKET

SONGS = 14_896
DELAY_SECONDS = 0.03
SHARE = 16  # the part of the objects that the plain ways read: one folder of 16
MEMORY_LIMIT = "4GB"
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
Figures = dict[str, float]


def listing(folder: Path) -> Figures:
    """List the source as a run does, before it reads."""
    from sparkify.ingest.listing import list_source
    from sparkify.ingest.stores import open_store

    began = perf_counter()
    listed = list_source(open_store(f"s3://{BUCKET}"))
    seconds = perf_counter() - began
    return {"seconds": seconds, "objects": sum(len(x.objects) for x in listed.values())}


def flatten(folder: Path, engine: str = "duckdb") -> Figures:
    """Flatten by one of our engines."""
    from sparkify.ingest import duckdb_engine  # noqa: F401 (before the clock starts)
    from sparkify.steps.flatten import flatten

    began = perf_counter()
    flattened = flatten(
        f"s3://{BUCKET}",
        str(folder / "workspace"),
        engine=engine,
        memory_limit=MEMORY_LIMIT,
    )
    seconds = perf_counter() - began
    counts = flattened.counts.values()
    return {"seconds": seconds, "objects": sum(kind.objects for kind in counts)}


def loop(folder: Path) -> Figures:
    """Get one object after another."""
    import boto3

    client = boto3.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="song_data/0/"
    )
    keys = [entry["Key"] for page in pages for entry in page["Contents"]]
    began = perf_counter()
    for key in keys:
        client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return {"seconds": perf_counter() - began, "objects": len(keys)}


def spark_read_json(folder: Path) -> Figures:
    """Read a frame with an inferred schema and write it, as the classic script does."""
    from pyspark.sql import SparkSession

    from sparkify.ingest.spark_engine import SETTINGS, environment, spark_size
    from sparkify.rehearsal.emulators import JARS
    from sparkify.rehearsal.jars import hadoop_aws_jars
    from sparkify.rehearsal.submission import S3A

    os.environ |= {**environment(), "SPARK_HOME": ""}
    os.environ.pop("SPARK_HOME")
    jars = [str(path) for path in hadoop_aws_jars(JARS)]
    settings = {
        **SETTINGS,
        **{f"spark.hadoop.{name}": value for name, value in S3A.items()},
        "spark.hadoop.fs.s3a.endpoint": os.environ["AWS_ENDPOINT_URL"],
        "spark.jars": ",".join(jars),
        "spark.driver.extraClassPath": os.pathsep.join(jars),
        "spark.driver.memory": spark_size(MEMORY_LIMIT),
        "spark.local.dir": str(folder),
    }
    spark = SparkSession.builder.config(map={**settings}).getOrCreate()
    began = perf_counter()
    frame = spark.read.json(f"s3a://{BUCKET}/song_data/0/*/*/*.json")
    frame.write.parquet(str(folder / "songs"))
    seconds = perf_counter() - began
    objects = len(frame.inputFiles())
    spark.stop()
    return {"seconds": seconds, "objects": objects}


STEPS: dict[str, tuple[Callable[[Path], Figures], str]] = {
    "flatten": (flatten, "our flatten, DuckDB"),
    "flatten_spark": (partial(flatten, engine="spark"), "our flatten, Spark"),
    "listing": (listing, "of it the listing, which comes first"),
    "loop": (loop, "plain loop, boto3"),
    "spark_read_json": (spark_read_json, "plain Spark, read.json"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show the table, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark.latency", description=__doc__
    )
    parser.add_argument("--songs", type=int, default=SONGS, help="the objects")
    parser.add_argument(
        "--delay", type=float, default=DELAY_SECONDS, help="seconds before a request"
    )
    parser.add_argument(
        "--only", choices=STEPS, action="append", help="leave out others"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        name, folder = options.step
        found = STEPS[name][0](Path(folder))
        found["peak_mb"] = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps(found))
        return 0
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with server(options.songs, options.delay) as address:
            os.environ |= {**ACCOUNT, "AWS_ENDPOINT_URL": address}
            figures = {
                name: _measure(console, name, options.songs)
                for name in options.only or STEPS
            }
    except BenchmarkError as error:
        console.print(f"error: {error}", style="bold red", markup=False)
        return 1
    show(console, figures, options.delay)
    if options.json:
        content = {"machine": machine(), "delay": options.delay, "figures": figures}
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    return 0


@contextmanager
def server(songs: int, delay: float) -> Iterator[str]:
    """Yield the address of an S3 in a process of its own."""
    command = (sys.executable, "-m", "tests.support.s3_server", str(songs), str(delay))
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        (address,) = islice(process.stdout or (), 1)
        yield address.strip()
        process.communicate()


def _measure(console: Console, name: str, songs: int) -> Figures:
    with console.status(STEPS[name][1]), temporary_folder() as folder:
        command = (sys.executable, "-m", __spec__.name, "--step", name, str(folder))
        figures: Figures = json.loads(run_program(command, folder))
    read = figures["objects"]
    figures["seconds_for_all"] = figures["seconds"] * max(1, songs / read)
    console.print(f"{STEPS[name][1]}  {figures['seconds']:.2f} s", highlight=False)
    return figures


def show(console: Console, figures: dict[str, Figures], delay: float) -> None:
    """Show the figures as a table."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("what", no_wrap=True)
    headings = (
        "objects\nread",
        "seconds",
        "seconds\nfor all",
        "ratio\nto ours",
        "peak\nMB",
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, found in figures.items():
        ours = figures.get("flatten", found)["seconds_for_all"]
        table.add_row(
            STEPS[name][1],
            f"{found['objects']:,.0f}",
            f"{found['seconds']:.2f}",
            f"{found['seconds_for_all']:.1f}",
            f"{found['seconds_for_all'] / ours:.3g}",
            f"{found['peak_mb']:,.0f}",
        )
    console.print(f"\nmachine  {machine()}", highlight=False, soft_wrap=True)
    console.print(
        f"delay    {1000 * delay:.0f} ms before each request", highlight=False
    )
    console.print(table)
    console.print(CAUTION, style="bold yellow", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
