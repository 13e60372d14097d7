"""The tasks of the Spark job follow the data, and the cluster at its largest."""

from collections.abc import Mapping

import pytest

from sparkify.ingest.stores import SourceObject

pytestmark = pytest.mark.jvm

MB = 1024**2
DYNAMIC = {"spark.dynamicAllocation.enabled": "true", "spark.executor.cores": "4"}


def objects(number: int, size: int) -> list[SourceObject]:
    return [SourceObject(f"{place:06}", size, "1") for place in range(number)]


@pytest.mark.parametrize(
    ("conf", "cores"),
    [
        ({}, 2),  # local mode: what there is
        ({"spark.executor.instances": "10", "spark.executor.cores": "4"}, 40),
        ({**DYNAMIC, "spark.dynamicAllocation.maxExecutors": "25"}, 100),
        (DYNAMIC, None),
        ({**DYNAMIC, "spark.dynamicAllocation.maxExecutors": "infinity"}, None),
        ({**DYNAMIC, "spark.dynamicAllocation.maxExecutors": "2147483647"}, None),
    ],
)
def test_the_cores_are_those_that_a_cluster_may_grow_to(
    conf: Mapping[str, str], cores: int | None
) -> None:
    from sparkify.ingest.spark_reading import most_cores

    assert most_cores(conf, 2) == cores


@pytest.mark.parametrize("cores", [2, 500, None])
@pytest.mark.parametrize(
    ("number", "size"), [(0, 0), (1, 10), (30, 100), (14_896, 250), (900, 40 * MB)]
)
def test_each_object_is_in_one_group_and_no_group_is_large_or_tiny(
    number: int, size: int, cores: int | None
) -> None:
    from sparkify.ingest import spark_reading

    given = {"events": objects(7, 300), "songs": objects(number, size)}
    groups = spark_reading.group_objects(given, cores)
    for kind, entries in given.items():
        found = [entry for name, group in groups if name == kind for entry in group]
        assert found == entries
    cost = spark_reading.OPEN_COST_BYTES
    largest = spark_reading.LARGEST_GROUP + size + cost
    sizes = [sum(entry.size + cost for entry in group) for _, group in groups]
    assert all(group <= largest for group in sizes)
    most = sum(sizes) // spark_reading.SMALLEST_GROUP
    assert len(groups) <= len(given) + most


def test_a_larger_cluster_gets_more_tasks_and_a_tiny_source_few() -> None:
    from sparkify.ingest.spark_reading import TASKS_A_CORE, group_objects

    many = {"events": objects(2_000, 10 * MB)}
    tasks = [len(group_objects(many, cores)) for cores in (2, 200, 500, None)]
    assert tasks == sorted(tasks)
    assert tasks[2] >= TASKS_A_CORE * 500
    assert tasks[3] > tasks[2]
    assert len(group_objects({"events": objects(30, 1000)}, 500)) == 1
