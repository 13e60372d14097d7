"""The Redshift cluster is as it must be, and who may reach it is one address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sparkify.aws import waiting
from sparkify.aws.provision import apply
from sparkify.aws.stack import cluster
from sparkify.errors import CloudError
from sparkify.progress import Progress
from tests.support.aws import (
    ACCOUNT,
    ADDRESS,
    Calls,
    actions,
    client,
    group,
    look,
    make,
    policies,
    put_cluster,
    settings,
    sources,
)


def test_the_cluster_is_encrypted_and_its_password_is_managed(calls: Calls) -> None:
    make()
    [params] = calls.of("CreateCluster")
    assert params["Encrypted"] is params["ManageMasterPassword"] is True
    assert "MasterUserPassword" not in params
    assert params["ClusterType"] == "multi-node"
    assert params["NumberOfNodes"] == 2
    assert params["DBName"] == "sparkify"
    assert params["VpcSecurityGroupIds"] == [group("sparkify-redshift")["GroupId"]]
    assert params["IamRoles"] == [f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift-copy"]


def test_one_node_makes_a_single_node_cluster(calls: Calls) -> None:
    make(settings(nodes=1))
    [params] = calls.of("CreateCluster")
    assert params["ClusterType"] == "single-node"
    assert "NumberOfNodes" not in params


def test_redshift_accepts_one_address_and_the_emr_instances(calls: Calls) -> None:
    make()
    assert sources() == {ADDRESS, group("sparkify-emr")["GroupId"]}


def test_a_new_address_replaces_the_old_one(calls: Calls) -> None:
    make()
    moved = look(settings(ingress="52.94.76.11/32"))
    action = actions(moved.resources)["security group", "sparkify-redshift"]
    assert action == (
        "change: no ingress from 52.94.76.10/32, ingress from 52.94.76.11/32"
    )
    apply(moved)
    assert sources() == {"52.94.76.11/32", group("sparkify-emr")["GroupId"]}


def test_a_foreign_rule_of_our_security_group_is_revoked(calls: Calls) -> None:
    make()
    everybody = {"CidrIp": "0.0.0.0/0"}
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [everybody]}
    with client("ec2") as ec2:
        ec2.authorize_security_group_ingress(
            GroupId=group("sparkify-redshift")["GroupId"], IpPermissions=[rule]
        )
    make()
    assert sources() == {ADDRESS, group("sparkify-emr")["GroupId"]}


def test_an_untagged_cluster_with_our_name_is_refused(calls: Calls) -> None:
    put_cluster("sparkify")
    [refusal] = look().refusals
    assert "set cluster=sparkify to use it, or choose another name" in refusal


def test_our_cluster_of_another_size_is_refused(calls: Calls) -> None:
    make()
    [refusal] = look(settings(nodes=4)).refusals
    assert "has 2 nodes of ra3.large, not 4 of ra3.large" in refusal


def test_an_existing_cluster_is_used_as_it_is(calls: Calls) -> None:
    put_cluster("theirs", ("sparkify-redshift-copy",))
    made = make(settings(cluster="theirs"))
    assert (made.cloud.cluster, made.cloud.user) == ("theirs", "admin")
    assert not [name for name in calls.changes if name.startswith("redshift.")]
    kinds = [row.kind for row in made.resources]
    assert "subnet group" not in kinds


def test_an_existing_cluster_needs_the_copy_role(calls: Calls) -> None:
    put_cluster("theirs")
    with pytest.raises(
        CloudError, match="attach it with 'aws redshift modify-cluster-i"
    ):
        make(settings(cluster="theirs"))


def test_a_missing_cluster_is_refused(calls: Calls) -> None:
    [refusal] = look(settings(cluster="gone")).refusals
    assert "there is no redshift cluster 'gone' in us-west-2" in refusal


def test_a_cluster_without_a_managed_password_needs_a_login_by_iam(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_cluster = cluster.RedshiftCluster.find

    def without_secret(self: cluster.RedshiftCluster) -> dict[str, Any] | None:
        found = find_cluster(self)
        return found and {**found, "MasterPasswordSecretArn": ""}

    monkeypatch.setattr(cluster.RedshiftCluster, "find", without_secret)
    with pytest.raises(
        CloudError, match="keeps no password in Secrets Manager; use lo"
    ):
        make()
    cloud = make(settings(login="iam")).cloud
    assert cloud.secret == ""
    granted = json.dumps(policies()["sparkify-emr-instances"])
    assert "redshift:GetClusterCredentials" in granted
    assert "secretsmanager" not in granted


@pytest.mark.parametrize("state", ["pausing", "deleting", "hardware-failure"])
def test_an_unavailable_cluster_is_refused(
    state: str, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    find_cluster = cluster.RedshiftCluster.find

    def in_state(self: cluster.RedshiftCluster) -> dict[str, Any] | None:
        found = find_cluster(self)
        return found and {**found, "ClusterStatus": state}

    monkeypatch.setattr(cluster.RedshiftCluster, "find", in_state)
    [refusal] = look().refusals
    assert f"redshift cluster 'sparkify' is '{state}'; " in refusal


def test_the_wait_for_the_cluster_shows_its_state(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "sleep", lambda _: None)
    find_cluster = cluster.RedshiftCluster.find
    states = iter(["creating", "creating", "modifying"])

    def slowly(self: cluster.RedshiftCluster) -> dict[str, Any] | None:
        found = find_cluster(self)
        return found and {**found, "ClusterStatus": next(states, "available")}

    monkeypatch.setattr(cluster.RedshiftCluster, "find", slowly)
    shown: list[str] = []
    progress = Progress(lambda done, total, unit: shown.append(unit))
    monkeypatch.setattr("sparkify.progress.SECONDS_BETWEEN_REPORTS", 0)
    apply(look(), progress)
    waited = [unit for unit in shown if "redshift cluster 'sparkify' is" in unit]
    assert waited[-1] == "seconds: redshift cluster 'sparkify' is available"
    assert "seconds: redshift cluster 'sparkify' is creating" in waited
