"""Mutants of the Spark job: of what it validates, and of what it writes."""

from typing import Any

from .mutant import Harm, Mutant

JOB = "sparkify.ingest.spark_job"
WRITER = "pyspark.sql.DataFrameWriter"
A_RECORD = "object like 'log_data%' and record = 3 and counted is null"


def lose_a_record(validate: Harm, *given: Any) -> Any:
    return validate(*given).where(f"coalesce(not ({A_RECORD}), true)")


def repeat_a_record(validate: Harm, *given: Any) -> Any:
    rows = validate(*given)
    return rows.union(rows.where(A_RECORD))


def swap_records(validate: Harm, *given: Any) -> Any:
    """Lose the records 3 and 5, and repeat record 4 twice: the same count and sum."""
    rows = validate(*given)
    fourth = rows.where(A_RECORD.replace("= 3", "= 4"))
    is_lost = A_RECORD.replace("= 3", "in (3, 5)")
    kept = rows.where(f"coalesce(not ({is_lost}), true)")
    return kept.union(fourth).union(fourth)


def lose_an_object(count: Harm, rows: Any) -> Any:
    counts = count(rows)
    events = counts["events"]
    return {**counts, "events": events._replace(objects=events.objects[1:])}


def lose_the_conflicts(read: Harm, *given: Any) -> Any:
    return read(*given).slice(0, 0)


def write_less_by_the_driver(part: str) -> Harm:
    """Return the harm by which the driver writes one row less of a part."""

    def harm(write: Harm, spark: Any, folder: str, table: Any) -> None:
        is_harmed = folder.endswith(f"/{part}")
        write(spark, folder, table.slice(1) if is_harmed else table)

    return harm


def write_less(part: str) -> Harm:
    """Return the harm that writes one row less of a part."""

    def harm(write: Harm, writer: Any, path: str, *given: Any, **named: Any) -> None:
        if path.endswith(f"/{part}"):
            rows = writer._df
            writer = rows.limit(rows.count() - 1).write.mode("overwrite")
        write(writer, path, *given, **named)

    return harm


SPARK = [
    Mutant("the validation loses a record", JOB, "validate_objects", lose_a_record),
    Mutant("the validation repeats one", JOB, "validate_objects", repeat_a_record),
    Mutant(
        "records are there twice and others not",
        JOB,
        "validate_objects",
        swap_records,
    ),
    Mutant("an object is not counted", JOB, "count_read", lose_an_object),
    Mutant("the conflicts are lost", JOB, "_read_conflicts", lose_the_conflicts),
    Mutant("the writer loses a row of events", WRITER, "parquet", write_less("events")),
    *(
        Mutant(
            f"the driver loses a row of {part}",
            JOB,
            "write_table",
            write_less_by_the_driver(part),
        )
        for part in ("duplicates", "quarantine", "objects")
    ),
]

# For a job that leaves nothing but the objects to the driver.
SPARK_WRITES = [
    Mutant(f"the writer loses a row of {part}", WRITER, "parquet", write_less(part))
    for part in ("songs", "duplicates", "quarantine")
]
