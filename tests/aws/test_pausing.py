"""Our cluster can be paused and resumed; a cluster of others never is."""

from __future__ import annotations

from pathlib import Path

import pytest
from moto.redshift.models import redshift_backends

from sparkify import ownership
from sparkify.aws.provision import apply
from sparkify.errors import CloudError
from sparkify.steps.teardown import tear_down, tear_down_cloud
from tests.support.aws import (
    ACCOUNT,
    ASKED,
    CHANGED,
    REGION,
    Calls,
    actions,
    client,
    look,
    make,
    operations,
    put_cluster,
    settings,
)

CLUSTER = ("redshift cluster", "sparkify")


def status(name: str = "sparkify") -> str:
    with client("redshift") as redshift:
        (found,) = redshift.describe_clusters(ClusterIdentifier=name)["Clusters"]
    return str(found["ClusterStatus"])


def pause(calls: Calls, workspace: Path, apply: bool, **given: str) -> list[str]:
    """Pause by the step, whose calls are checked here; return the states."""
    made = len(calls.made)
    found = tear_down_cloud(
        str(workspace),
        settings(**given),
        engine="emr",
        warehouse="redshift",
        apply=apply,
        pause=True,
    )
    asked = {"redshift": "PauseCluster DescribeClusters", "sts": "GetCallerIdentity"}
    assert set(calls.names[made:]) <= operations(asked)
    del calls.made[made:]
    return [each.state for each in found]


def test_a_pause_removes_nothing_and_the_next_plan_resumes(
    calls: Calls, tmp_path: Path
) -> None:
    make()
    assert pause(calls, tmp_path, apply=False) == ["would be paused"]
    assert status() == "available"
    assert pause(calls, tmp_path, apply=True) == ["paused"]
    assert status() == "paused"
    assert pause(calls, tmp_path, apply=True) == ["paused"]
    planned = look()
    assert planned.refusals == []
    assert actions(planned.resources)[CLUSTER] == "change: resume"
    assert status() == "paused"
    done = actions(apply(planned).resources)
    assert done.pop(CLUSTER) == "change: resume"
    assert set(done.values()) <= {"keep", "later"}
    assert status() == "available"
    assert "redshift.ResumeCluster" in calls.changes


def test_a_pause_keeps_the_files(tmp_path: Path) -> None:
    flat = tmp_path / "flat"
    flat.mkdir()
    ownership.mark(flat)
    assert len(tear_down(str(tmp_path))) == 1
    assert tear_down(str(tmp_path), apply=True, pause=True) == []
    assert flat.is_dir()


@pytest.mark.parametrize("given", [{"cluster": "theirs"}, {"name": "theirs"}])
def test_a_cluster_of_others_is_neither_paused_nor_resumed(
    given: dict[str, str], calls: Calls, tmp_path: Path
) -> None:
    put_cluster("theirs")
    (state,) = pause(calls, tmp_path, apply=True, **given)
    assert state == "kept: it is not ours; whoever owns it may pause it"
    assert status("theirs") == "available"
    with client("redshift") as redshift:
        redshift.pause_cluster(ClusterIdentifier="theirs")
    (refusal,) = look(settings(cluster="theirs")).refusals
    assert "'theirs' is 'paused'; resume it with 'aws redshift resume-cl" in refusal
    assert set(calls.names) <= operations(ASKED, CHANGED)


def test_there_is_nothing_to_pause_where_there_is_no_cluster(
    calls: Calls, tmp_path: Path
) -> None:
    assert pause(calls, tmp_path, apply=True) == []


def test_a_cluster_that_cannot_be_paused_now_is_named(
    calls: Calls, tmp_path: Path
) -> None:
    make()
    redshift_backends[ACCOUNT][REGION].clusters["sparkify"].status = "modifying"
    with pytest.raises(CloudError, match="is 'modifying' and only an available one"):
        pause(calls, tmp_path, apply=True)


def test_the_plan_says_what_an_idle_and_a_paused_day_cost(calls: Calls) -> None:
    rows = {row["kind"]: row for row in look().table()}
    assert rows["total"]["dollars an hour"] == pytest.approx(
        2 * 0.543 + 3 * (0.192 + 0.048)
    )
    assert rows["total"]["dollars an idle day"] == round(24 * 2 * 0.543, 2)
    paused = rows["total, paused"]
    assert paused["dollars an idle day"] == round((0.40 + 0.024) / 30, 2)
    assert "pause=true in 99_teardown" in str(paused["action"])
    unknown = {row["kind"]: row for row in look(settings(region="eu-west-3")).table()}
    assert unknown["total"]["dollars an idle day"] == "unknown"
    assert unknown["total, paused"]["dollars an idle day"] == "unknown"


def test_a_cluster_of_others_costs_us_no_day(calls: Calls) -> None:
    put_cluster("theirs")
    rows = {row["kind"]: row for row in look(settings(cluster="theirs")).table()}
    assert rows["total"]["dollars an idle day"] == 0
    assert "total, paused" not in rows
