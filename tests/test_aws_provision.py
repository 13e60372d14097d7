"""What is asked for is made on AWS, once, safely, and finished if it was cut short."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from sparkify.aws import ingress, waiting
from sparkify.aws.names import EMR_TAG, Names
from sparkify.aws.plan import Plan, plan
from sparkify.aws.provision import Provisioned, apply
from sparkify.aws.settings import Settings
from sparkify.aws.stack import cluster
from sparkify.aws.stack.policies import trust_account
from sparkify.errors import CloudError
from sparkify.progress import Progress
from sparkify.rehearsal.aws import account
from tests.test_aws_session import (
    ADDRESS,
    REGION,
    Calls,
    Killed,
    client,
    recorded,
    settings,
)

ACCOUNT = "123456789012"
BUCKET = f"sparkify-{ACCOUNT}-{REGION}"
ROLES = ("redshift-copy", "emr-service", "emr-instances", "dashboard")
TAGS = [{"Key": "sparkify", "Value": "sparkify"}]

# All that provisioning may ever ask, by service.
ASKED = {
    "sts": "GetCallerIdentity",
    "s3": "HeadBucket GetBucketTagging GetPublicAccessBlock GetBucketEncryption "
    "GetBucketLifecycleConfiguration GetBucketPolicy ListObjectsV2 HeadObject",
    "iam": "GetRole GetRolePolicy GetInstanceProfile",
    "ec2": "DescribeVpcs DescribeSubnets DescribeSecurityGroups "
    "DescribeInstanceTypeOfferings",
    "redshift": "DescribeClusters DescribeClusterSubnetGroups",
    "emr": "DescribeCluster",
}
CHANGED = {
    "s3": "CreateBucket PutBucketTagging PutPublicAccessBlock PutBucketEncryption "
    "PutBucketLifecycleConfiguration PutBucketPolicy PutObject",
    "iam": "CreateRole PutRolePolicy UpdateAssumeRolePolicy CreateInstanceProfile "
    "AddRoleToInstanceProfile",
    "ec2": "CreateSecurityGroup AuthorizeSecurityGroupIngress "
    "RevokeSecurityGroupIngress",
    "redshift": "CreateClusterSubnetGroup CreateCluster",
}


def operations(*tables: dict[str, str]) -> set[str]:
    return {
        f"{service}.{name}"
        for table in tables
        for service, names in table.items()
        for name in names.split()
    }


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An AWS account on loopback."""
    with account(region=REGION) as opened:
        yield opened.endpoint


@pytest.fixture
def calls(endpoint: str) -> Iterator[Calls]:
    with recorded(endpoint) as calls:
        yield calls
        assert set(calls.names) <= operations(ASKED, CHANGED)


def look(asked: Settings | None = None, **given: Any) -> Plan:
    return plan(
        asked or settings(),
        **{
            "needs_emr": True,
            "needs_redshift": True,
            "source": "s3://raw/2018",
            **given,
        },
    )


def make(asked: Settings | None = None, **given: Any) -> Provisioned:
    return apply(look(asked, **given))


def actions(rows: Any) -> dict[tuple[str, str], str]:
    return {(row.kind, row.name): row.action for row in rows}


def policies() -> dict[str, Any]:
    """Gives what each role may do, with the ids of this account left out."""
    with client("iam") as iam:
        return {
            role["RoleName"]: iam.get_role_policy(
                RoleName=role["RoleName"], PolicyName="sparkify"
            )["PolicyDocument"]
            for role in iam.list_roles()["Roles"]
            if role["RoleName"].startswith("sparkify-")
        }


def group(name: str) -> Any:
    with client("ec2") as ec2:
        found = ec2.describe_security_groups(
            Filters=[{"Name": "group-name", "Values": [name]}]
        )
    return found["SecurityGroups"][0]


def sources(name: str = "sparkify-redshift") -> set[str]:
    """Gives who may come in, and makes sure that it is through one port."""
    permissions = group(name)["IpPermissions"]
    for each in permissions:
        assert (each["IpProtocol"], each["FromPort"], each["ToPort"]) == (
            "tcp",
            5439,
            5439,
        )
    return {
        source.get("CidrIp") or source["GroupId"]
        for each in permissions
        for source in each["IpRanges"] + each["UserIdGroupPairs"]
    }


def test_a_plan_lists_everything_with_its_cost_and_changes_nothing(
    calls: Calls,
) -> None:
    planned = look()
    assert [(row.kind, row.state, row.action, row.cost) for row in planned.resources][
        0:1
    ] == [("s3 bucket", "absent", "create", 0.0)]
    assert [row.kind for row in planned.resources] == [
        "s3 bucket",
        "vpc",
        "security group",
        "iam role",
        "security group",
        "subnet group",
        "redshift cluster",
        "iam role",
        "iam role",
        "emr instance profile",
        "iam role",
        "emr cluster",
    ]
    assert {row.action for row in planned.resources} == {"create", "keep", "later"}
    costs = {row.kind: row.cost for row in planned.resources if row.cost}
    assert costs == {"redshift cluster": 2 * 0.543, "emr cluster": 3 * (0.192 + 0.048)}
    assert planned.total == pytest.approx(sum(costs.values()))
    assert calls.changes == []


def test_an_unknown_price_is_shown_as_unknown_and_so_is_the_total(
    calls: Calls,
) -> None:
    table = look(settings(region="eu-west-3")).table()
    shown = {row["kind"]: row["dollars an hour"] for row in table}
    assert shown["redshift cluster"] == shown["total"] == "unknown"
    assert shown["s3 bucket"] == 0.0


def test_applying_makes_all_of_it_and_again_changes_nothing(calls: Calls) -> None:
    first = make()
    assert operations(CHANGED) >= set(calls.changes)
    assert not first.is_unchanged
    calls.live()
    second = make()
    assert second.is_unchanged
    assert set(actions(second.resources).values()) == {"keep", "later"}
    assert calls.changes == []
    assert second.cloud == first.cloud


def test_a_cloud_knows_what_later_steps_need(calls: Calls) -> None:
    cloud = make().cloud
    assert cloud.bucket == BUCKET
    assert (cloud.cluster, cloud.user, cloud.port) == ("sparkify", "sparkify", 5439)
    assert cloud.secret.startswith("arn:aws:secretsmanager:")
    assert cloud.copy_role == f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift-copy"
    assert cloud.emr_instance_profile == "sparkify-emr-instances"
    assert cloud.emr_security_group == group("sparkify-emr")["GroupId"]
    assert cloud.subnet.startswith("subnet-")


def test_everything_carries_the_tag(calls: Calls) -> None:
    make()
    for operation in ("CreateCluster", "CreateClusterSubnetGroup", "CreateRole"):
        assert calls.of(operation)
        for params in calls.of(operation):
            assert TAGS[0] in params["Tags"]
    for params in calls.of("CreateSecurityGroup"):
        assert TAGS[0] in params["TagSpecifications"][0]["Tags"]
    [params] = calls.of("CreateInstanceProfile")
    assert params["Tags"] == [*TAGS, {"Key": EMR_TAG, "Value": "true"}]
    [params] = calls.of("CreateBucket")
    assert params["CreateBucketConfiguration"]["Tags"] == TAGS
    with client("s3") as s3:
        assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == TAGS


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


def test_one_node_is_a_single_node_cluster(calls: Calls) -> None:
    make(settings(nodes=1))
    [params] = calls.of("CreateCluster")
    assert params["ClusterType"] == "single-node"
    assert "NumberOfNodes" not in params


def test_redshift_lets_in_one_address_and_the_instances_of_emr(calls: Calls) -> None:
    make()
    assert sources() == {ADDRESS, group("sparkify-emr")["GroupId"]}


def test_another_address_replaces_the_old_one(calls: Calls) -> None:
    make()
    moved = look(settings(ingress="52.94.76.11/32"))
    action = actions(moved.resources)["security group", "sparkify-redshift"]
    assert action == (
        "change: no ingress from 52.94.76.10/32, ingress from 52.94.76.11/32"
    )
    apply(moved)
    assert sources() == {"52.94.76.11/32", group("sparkify-emr")["GroupId"]}


def test_a_foreign_rule_of_our_group_is_taken_back(calls: Calls) -> None:
    make()
    everybody = {"CidrIp": "0.0.0.0/0"}
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [everybody]}
    with client("ec2") as ec2:
        ec2.authorize_security_group_ingress(
            GroupId=group("sparkify-redshift")["GroupId"], IpPermissions=[rule]
        )
    make()
    assert sources() == {ADDRESS, group("sparkify-emr")["GroupId"]}


def test_the_bucket_is_closed_encrypted_and_forgets_what_is_temporary(
    calls: Calls,
) -> None:
    make()
    with client("s3") as s3:
        access = s3.get_public_access_block(Bucket=BUCKET)
        encryption = s3.get_bucket_encryption(Bucket=BUCKET)
        policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
        rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert set(access["PublicAccessBlockConfiguration"].values()) == {True}
    [rule] = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert policy["Statement"][0]["Effect"] == "Deny"
    assert rules[0]["Filter"] == {"Prefix": "temp/"}
    assert rules[0]["Expiration"] == {"Days": 1}
    assert rules[1]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_what_was_changed_by_hand_is_mended(calls: Calls) -> None:
    make()
    kept = policies()
    other = json.dumps(kept["sparkify-redshift-copy"])
    with client("s3") as s3, client("iam") as iam:
        s3.delete_public_access_block(Bucket=BUCKET)
        s3.delete_bucket_policy(Bucket=BUCKET)
        iam.put_role_policy(
            RoleName="sparkify-dashboard", PolicyName="sparkify", PolicyDocument=other
        )
        iam.update_assume_role_policy(
            RoleName="sparkify-emr-service",
            PolicyDocument=json.dumps(trust_account(ACCOUNT)),
        )
    calls.live()
    done = actions(make().resources)
    assert done["s3 bucket", BUCKET] == "change: public access, policy"
    assert done["iam role", "sparkify-dashboard"] == "change: policy"
    assert done["iam role", "sparkify-emr-service"] == "change: trust"
    assert len(calls.changes) == 4
    assert policies() == kept
    assert make().is_unchanged


def test_a_run_killed_after_any_change_is_finished_by_the_next(
    calls: Calls, endpoint: str
) -> None:
    whole_cloud = make().cloud
    whole, kept = calls.changes, policies()
    with recorded(endpoint) as again:
        done = []
        for _ in whole[1:]:  # each run makes one change, and is killed before the next
            again.kill_after(1)
            with pytest.raises(Killed):
                make()
            done += again.changes
        again.live()
        cloud = make().cloud
        assert sorted(done + again.changes) == sorted(whole)
        assert policies().keys() == kept.keys()
        assert sources() == {ADDRESS, cloud.emr_security_group}
        assert (cloud.bucket, cloud.user) == (whole_cloud.bucket, whole_cloud.user)
        again.live()
        assert make().is_unchanged
        assert again.changes == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"node_type": "dc2.large"},
            "'dc2.large' can no longer be created; choose ra3",
        ),
        ({"node_type": "ra3.huge"}, "'ra3.huge' is unknown; choose one of ra3.large"),
        ({"nodes": 17}, "17 nodes of ra3.large; choose from 1 to 16"),
        ({"node_type": "ra3.4xlarge", "nodes": 1}, "choose from 2 to 32"),
        ({"ingress": "0.0.0.0/0"}, "'0.0.0.0/0' is not one address"),
        ({"ingress": "52.94.76.0/24"}, "not one address"),
        ({"ingress": "52.94.76.10"}, "not one address"),
        ({"ingress": "10.0.0.1/32"}, "not a public address"),
        ({"ingress": "127.0.0.1/32"}, "not a public address"),
        ({"ingress": "224.0.0.1/32"}, "not a public address"),
        ({"ingress": "2001:db8::1/128"}, "no IPv4 address"),
        ({"ingress": "here/32"}, "no IPv4 address"),
        ({"name": "a--b"}, "two hyphens in a row"),
        ({"bucket": "My_Bucket"}, "'My_Bucket' is no bucket's name"),
        ({"region": "cn-north-1"}, "no commercial region"),
        ({"region": "nowhere"}, "no commercial region"),
    ],
)
def test_what_cannot_be_is_refused_before_aws_is_asked(
    given: dict[str, Any], said: str, calls: Calls
) -> None:
    with pytest.raises(CloudError, match=said):
        look(settings(**given))
    assert calls.names == []


def test_a_source_that_emr_cannot_read_is_refused(calls: Calls) -> None:
    with pytest.raises(CloudError, match="source 'data' is not in S3"):
        look(source="data")
    assert calls.names == []


class CheckIp(BaseHTTPRequestHandler):
    """Says which address asks, as AWS's own service does."""

    said: ClassVar[bytes] = b"52.94.76.99\n"

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *_: Any) -> None:
        """Keeps quiet."""


@pytest.fixture
def checkip(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), CheckIp)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(ingress, "CHECKIP", address)
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def test_this_machine_finds_its_own_address(calls: Calls, checkip: None) -> None:
    planned = look(settings(ingress="auto"))
    assert planned.ingress == "52.94.76.99/32"
    apply(planned)
    assert "52.94.76.99/32" in sources()


def test_an_address_that_cannot_be_found_is_to_be_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ingress, "CHECKIP", "http://127.0.0.1:9")
    with pytest.raises(CloudError, match="set ingress to it, as a"):
        ingress.find_ingress("auto")


def test_a_bucket_of_another_region_is_refused(calls: Calls) -> None:
    with client("s3", "us-east-1") as s3:
        s3.create_bucket(Bucket="ours-in-the-east")
    planned = look(settings(bucket="ours-in-the-east"))
    assert "COPY reads from its own region only" in planned.refusals[0]
    with pytest.raises(CloudError, match="is in us-east-1, and COPY reads from its"):
        apply(planned)
    assert calls.changes == []


def test_a_bucket_of_another_account_is_refused(calls: Calls) -> None:
    calls.refuse("HeadBucket", code="403")
    planned = look()
    assert planned.resources[0].state == "there, of another account"
    assert "choose another bucket, or auto" in planned.refusals[0]


def in_region(name: str, **objects: bytes) -> None:
    with client("s3") as s3:
        place = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        for key, body in objects.items():
            s3.put_object(Bucket=name, Key=key.replace("__", "/"), Body=body)


def test_a_named_bucket_of_others_is_used_as_it_is(calls: Calls) -> None:
    in_region("shared", raw__a=b"theirs")
    made = make(settings(bucket="shared"))
    assert made.cloud.bucket == "shared"
    changes = [name for name in calls.changes if name.startswith("s3.")]
    assert changes == ["s3.PutObject"]
    [marker] = calls.of("PutObject")
    assert marker["Key"] == Names(settings(), ACCOUNT).marker
    assert make(settings(bucket="shared")).is_unchanged


def test_a_named_bucket_with_objects_where_ours_go_is_refused(calls: Calls) -> None:
    in_region("shared", logs__a=b"theirs")
    [refusal] = look(settings(bucket="shared")).refusals
    assert "holds objects below logs/ that are not ours" in refusal


def test_a_bucket_of_our_name_with_objects_of_others_is_refused(calls: Calls) -> None:
    in_region(BUCKET, a=b"theirs")
    [refusal] = look().refusals
    assert "is there and not tagged as ours" in refusal


@pytest.mark.parametrize("kind", ["security group", "iam role", "subnet group"])
def test_what_has_our_name_and_not_our_tag_is_refused(kind: str, calls: Calls) -> None:
    with client("ec2") as ec2, client("iam") as iam, client("redshift") as redshift:
        if kind == "security group":
            ec2.create_security_group(GroupName="sparkify-redshift", Description="x")
        if kind == "iam role":
            iam.create_role(
                RoleName="sparkify-dashboard", AssumeRolePolicyDocument="{}"
            )
        if kind == "subnet group":
            subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
            redshift.create_cluster_subnet_group(
                ClusterSubnetGroupName="sparkify", Description="x", SubnetIds=[subnet]
            )
    planned = look()
    assert [row.kind for row in planned.resources if "refuse" in row.action] == [kind]
    with pytest.raises(
        CloudError, match=r"'sparkify.*' is there and not tagged as ours; choose"
    ):
        apply(planned)
    assert calls.changes == []


def put_cluster(name: str, roles: tuple[str, ...] = (), **given: Any) -> None:
    with client("redshift") as redshift:
        redshift.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="admin",
            IamRoles=[f"arn:aws:iam::{ACCOUNT}:role/{role}" for role in roles],
            **given,
        )


def test_a_cluster_of_our_name_and_of_others_is_refused(calls: Calls) -> None:
    put_cluster("sparkify")
    [refusal] = look().refusals
    assert "use it by cluster=sparkify, or choose another name" in refusal


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


def test_an_existing_cluster_needs_the_role_of_copy(calls: Calls) -> None:
    put_cluster("theirs")
    with pytest.raises(CloudError, match="attach it by 'aws redshift modify-cluster-i"):
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


@pytest.mark.parametrize("state", ["paused", "deleting", "hardware-failure"])
def test_a_cluster_that_will_not_answer_is_refused(
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


def test_an_existing_emr_cluster_needs_no_roles_and_may_reach_redshift(
    calls: Calls,
) -> None:
    with client("ec2") as ec2, client("emr") as emr:
        theirs = ec2.create_security_group(GroupName="theirs", Description="x")
        name = emr.run_job_flow(
            Name="theirs",
            Instances={
                "MasterInstanceType": "m5.xlarge",
                "InstanceCount": 1,
                "KeepJobFlowAliveWhenNoSteps": True,
                "EmrManagedMasterSecurityGroup": theirs["GroupId"],
                "EmrManagedSlaveSecurityGroup": theirs["GroupId"],
            },
        )["JobFlowId"]
    made = make(settings(emr_cluster=name))
    assert sources() == {ADDRESS, theirs["GroupId"]}
    assert made.cloud.emr_service_role == ""
    assert made.resources[-1].action == "keep"
    assert "emr-instances" not in "".join(policies())


def test_a_missing_emr_cluster_is_refused(calls: Calls) -> None:
    [refusal] = look(settings(emr_cluster="j-GONE")).refusals
    assert "there is no EMR cluster 'j-GONE'" in refusal


def test_a_local_engine_needs_no_emr(calls: Calls) -> None:
    made = make(needs_emr=False, source="data")
    assert made.cloud.emr_instance_profile == made.cloud.emr_security_group == ""
    assert sources() == {ADDRESS}
    assert not any("emr" in row.kind for row in made.resources)


def test_a_local_warehouse_needs_no_redshift(calls: Calls) -> None:
    made = make(needs_redshift=False)
    assert made.cloud.cluster == made.cloud.host == made.cloud.copy_role == ""
    assert not any("redshift" in name for name in calls.changes)


def test_an_account_without_a_default_vpc_is_told_how_to_make_one(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client("ec2") as ec2:
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        for subnet in ec2.describe_subnets()["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        [refusal] = look().refusals
        assert "has no default subnet; make one" in refusal
        ec2.delete_vpc(VpcId=vpc)
    [refusal] = look().refusals
    assert "us-west-2 has no default VPC; make one by 'aws ec2 create-default-vpc" in (
        refusal
    )


def test_an_instance_type_that_no_zone_offers_is_refused(calls: Calls) -> None:
    [refusal] = look(settings(emr_instance_type="m5.none")).refusals
    assert "emr_instance_type 'm5.none' is offered in no zone of us-west-2" in refusal


def test_expired_credentials_are_said_in_words(calls: Calls) -> None:
    calls.refuse("GetCallerIdentity", code="ExpiredToken", message="secret-token")
    with pytest.raises(CloudError, match="have expired") as caught:
        look()
    assert "secret-token" not in str(caught.value)


def test_missing_credentials_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with account(region=REGION):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
        with pytest.raises(CloudError, match=r"no AWS credentials.*aws configure"):
            look()


def test_a_missing_permission_names_what_was_asked(calls: Calls) -> None:
    said = "User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole"
    calls.refuse("CreateRole", code="AccessDenied", message=said)
    with pytest.raises(CloudError, match=r"may not do CreateRole.*not authorized to"):
        make()
    calls.live()
    make()
