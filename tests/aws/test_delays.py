"""Provisioning and teardown pass where AWS misses what was just created."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from sparkify.aws import emr, waiting
from sparkify.aws.cloud import Cloud
from sparkify.aws.session import Clients, explained
from sparkify.aws.teardown.teardown import remove_resources
from sparkify.errors import CloudError
from sparkify.progress import Progress
from tests.support.aws import (
    ADDRESS,
    REGION,
    Calls,
    client,
    group,
    logged,
    make,
    policies,
    settings,
    sources,
)
from tests.support.delays import (
    CLUSTER_PROFILE,
    KINDS,
    LOOKS,
    Young,
    eventually_consistent,
)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "sleep", lambda _: None)
    monkeypatch.setattr(waiting, "SECONDS_BETWEEN_LISTINGS", 0)


@pytest.fixture
def made(endpoint: str) -> Iterator[Calls]:
    with logged(endpoint) as calls:
        yield calls


@pytest.fixture
def young(made: Calls) -> Iterator[Young]:
    with eventually_consistent() as young:
        yield young


def statements(found: dict[str, Any]) -> dict[str, list[str]]:
    """Name each role's statements; the ids in them differ from account to account."""
    return {
        role: [each["Sid"] for each in document["Statement"]]
        for role, document in found.items()
    }


def test_provisioning_ends_as_it_does_without_delays(
    made: Calls, endpoint: str
) -> None:
    make()
    kept, changes = policies(), made.changes
    with logged(endpoint) as again, eventually_consistent() as young:
        cloud = make().cloud
        assert set(young.missed) == {*KINDS} - {CLUSTER_PROFILE}
        assert statements(policies()) == statements(kept)
        assert set(again.changes) == set(changes)
        assert cloud.emr_security_group == group("sparkify-emr")["GroupId"]
        assert sources() == {ADDRESS, cloud.emr_security_group}
        assert cloud.secret
        again.live()
        assert make().is_unchanged
        assert again.changes == []


@pytest.mark.parametrize("kind", [each for each in KINDS if each != CLUSTER_PROFILE])
def test_each_kind_of_miss_is_waited_for(made: Calls, kind: str) -> None:
    with eventually_consistent(kinds=[kind]) as young:
        cloud = make().cloud
    assert set(young.missed) == {kind}
    assert sources() == {ADDRESS, cloud.emr_security_group}


def test_a_teardown_right_after_it_leaves_nothing(young: Young) -> None:
    make()
    rows = remove_resources(settings(), apply=True)
    assert {row.state for row in rows} == {"removed"}
    assert remove_resources(settings()) == []


def test_a_cluster_starts_with_a_young_profile(made: Calls) -> None:
    with eventually_consistent(kinds=[CLUSTER_PROFILE]) as young:
        said = start_cluster(make().cloud)
    assert young.missed[CLUSTER_PROFILE] == LOOKS
    assert any("instance profile 'sparkify-emr-instances'" in each for each in said)
    with client("emr") as found:
        assert len(found.list_clusters()["Clusters"]) == 1


def start_cluster(cloud: Cloud) -> list[str]:
    """Start an EMR cluster; return what a progress bar said meanwhile."""
    said: list[str] = []

    def report(done: int, total: int, unit: str) -> None:
        said.append(unit)

    step = {
        "Name": "flatten",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit"]},
    }
    with Clients(boto3.Session(region_name=REGION), REGION) as aws, explained():
        emr._start_cluster(cloud, aws, step, "s3://b/script.sh", Progress(report))
    return said


def test_a_profile_that_stays_unknown_is_an_error_after_a_while(
    young: Young, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = make().cloud
    with client("iam") as iam:
        name = cloud.emr_instance_profile
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
        iam.delete_instance_profile(InstanceProfileName=name)
    monkeypatch.setattr(waiting, "SECONDS_TO_PROPAGATE", 0)
    with pytest.raises(CloudError, match=r"RunJobFlow.*[Ii]nstance ?[Pp]rofile"):
        start_cluster(cloud)
