"""Redshift Serverless is planned with its price, made with its limit, and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sparkify.aws import waiting
from sparkify.aws.plan import Plan
from sparkify.aws.provision import Provisioned, apply
from sparkify.aws.teardown.teardown import remove_resources
from sparkify.errors import ParameterError
from tests.support.aws import (
    ACCOUNT,
    ADDRESS,
    ASKED,
    CHANGED,
    LOOKED_FOR,
    REMOVED,
    Calls,
    Killed,
    actions,
    client,
    group,
    logged,
    look,
    operations,
    policies,
    settings,
    sources,
)
from tests.support.emr_serverless import look_serverless

SERVERLESS = "redshift-serverless"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "sleep", lambda _: None)


@pytest.fixture
def calls(endpoint: str) -> Iterator[Calls]:
    with logged(endpoint) as calls:
        yield calls
        allowed = operations(ASKED, CHANGED, LOOKED_FOR, REMOVED)
        assert set(calls.names) <= allowed


def plan(**given: Any) -> Plan:
    return look(settings(**given), needs_redshift=False, needs_workgroup=True)


def make(**given: Any) -> Provisioned:
    return apply(plan(**given))


def limits() -> list[dict[str, Any]]:
    with client(SERVERLESS) as redshift:
        return list(redshift.list_usage_limits().get("usageLimits", []))


def test_a_plan_shows_the_price_an_hour_and_the_most_dollars_a_day(
    calls: Calls,
) -> None:
    planned = plan()
    kinds = [row.kind for row in planned.resources if row.kind.startswith("redshift")]
    assert kinds == ["redshift namespace", "redshift workgroup", "redshift usage limit"]
    costs = {row.kind: row.cost for row in planned.resources if row.cost}
    assert costs == {"redshift workgroup": 4 * 0.375, "emr cluster": 3 * 0.240}
    table = {row["kind"]: row for row in planned.table()}
    assert "16 RPU-hours a day, at most 6.00" in str(
        table["redshift usage limit"]["name"]
    )
    assert table["redshift workgroup"]["dollars an idle day"] == 0
    assert table["total"]["dollars an idle day"] == 0
    stored = 24 * (0.40 + 0.024) / (30 * 24)  # the secret, and a GB
    assert table["total, idle"]["dollars an idle day"] == pytest.approx(
        stored, abs=0.01
    )
    assert calls.changes == []


def test_the_most_dollars_a_day_follow_the_limit(calls: Calls) -> None:
    names = [row.name for row in plan(rpu_hours_a_day=40).resources]
    assert "40 RPU-hours a day, at most 15.00 dollars" in names
    table = plan(region="eu-west-3").table()
    shown = {row["kind"]: row["dollars an hour"] for row in table}
    assert shown["redshift workgroup"] == shown["total"] == "unknown"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base_rpu": 5}, "base_rpu 5 cannot be had: .* choose 4 or 8"),
        ({"base_rpu": 20}, "base_rpu 20 cannot be had: .* choose 16 or 24"),
        (
            {"cluster": "theirs"},
            "'theirs' is not serverless; choose warehouse=redshift",
        ),
        ({"login": "iam"}, "login 'iam' gives no administrator .*choose login=secret"),
        ({"ingress": "0.0.0.0/0"}, "'0.0.0.0/0' is not one address"),
    ],
)
def test_a_bad_setting_is_refused_before_any_call(
    given: dict[str, Any], said: str, calls: Calls
) -> None:
    with pytest.raises(ParameterError, match=said):
        plan(**given)
    assert calls.names == []


def test_apply_makes_everything_and_a_second_apply_changes_nothing(
    calls: Calls,
) -> None:
    first = make()
    assert not first.is_unchanged
    assert operations(CHANGED) >= set(calls.changes)
    [namespace], [workgroup] = calls.of("CreateNamespace"), calls.of("CreateWorkgroup")
    assert namespace["manageAdminPassword"] is True
    assert namespace["tags"] == workgroup["tags"]
    assert namespace["tags"] == [{"key": "sparkify", "value": "sparkify"}]
    assert workgroup["baseCapacity"] == 4
    assert workgroup["securityGroupIds"] == [group("sparkify-redshift")["GroupId"]]
    calls.live()
    second = make()
    assert second.is_unchanged
    assert calls.changes == []
    assert second.cloud == first.cloud


def test_the_cloud_names_what_later_steps_need(calls: Calls) -> None:
    cloud = make().cloud
    assert (cloud.cluster, cloud.workgroup) == ("", "sparkify")
    assert (cloud.user, cloud.port) == ("sparkify", 5439)
    assert cloud.secret.startswith("arn:aws:secretsmanager:")
    assert cloud.copy_role == f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift-copy"
    assert cloud.reader == "IAMR:sparkify-dashboard"
    assert sources() == {ADDRESS, cloud.emr_security_group}


def test_the_limit_turns_off_queries_within_a_day(calls: Calls) -> None:
    make(rpu_hours_a_day=3)
    [limit] = limits()
    assert (limit["amount"], limit["period"]) == (3, "daily")
    assert limit["breachAction"] == "deactivate"
    assert limit["usageType"] == "serverless-compute"


def test_apply_fixes_what_was_changed_by_hand(calls: Calls) -> None:
    make()
    [limit] = limits()
    with client(SERVERLESS) as redshift:
        redshift.update_usage_limit(
            usageLimitId=limit["usageLimitId"], amount=500, breachAction="log"
        )
        redshift.update_workgroup(workgroupName="sparkify", baseCapacity=64)
        redshift.update_namespace(namespaceName="sparkify", iamRoles=[])
    calls.live()
    done = {kind: action for (kind, _), action in actions(make().resources).items()}
    assert done["redshift namespace"] == "change: role of COPY"
    assert done["redshift workgroup"] == "change: 4 RPU"
    assert done["redshift usage limit"] == "change: 16 RPU-hours"
    assert len(calls.changes) == 3
    assert make().is_unchanged


def test_the_next_run_finishes_one_killed_after_any_change(
    calls: Calls, endpoint: str
) -> None:
    def make_warehouse() -> Provisioned:
        planned = look(
            source="data", needs_emr=False, needs_redshift=False, needs_workgroup=True
        )
        return apply(planned)

    make_warehouse()
    whole, kept = calls.changes, policies()
    with logged(endpoint) as again:
        done = []
        for _ in whole[1:]:  # each run makes one change, and is killed before the next
            again.kill_after(1)
            with pytest.raises(Killed):
                make_warehouse()
            done += again.changes
        again.live()
        make_warehouse()
        assert sorted(done + again.changes) == sorted(whole)
        assert policies().keys() == kept.keys()
        again.live()
        assert make_warehouse().is_unchanged


@pytest.mark.parametrize("kind", ["namespace", "workgroup"])
def test_a_resource_with_our_name_but_not_our_tag_is_refused(
    kind: str, calls: Calls
) -> None:
    with client(SERVERLESS) as redshift:
        tags = [{"key": "sparkify", "value": "sparkify"}]
        ours = {} if kind == "namespace" else {"tags": tags}
        redshift.create_namespace(namespaceName="sparkify", **ours)
        if kind == "workgroup":
            redshift.create_workgroup(
                workgroupName="sparkify", namespaceName="sparkify", baseCapacity=8
            )
    [refusal] = plan().refusals
    assert f"redshift {kind} 'sparkify' exists and is not tagged as ours" in refusal
    listed = [row.kind for row in remove_resources(settings())]
    assert listed == ["redshift namespace"] * (kind == "workgroup")


def test_a_teardown_leaves_nothing(calls: Calls) -> None:
    make()
    calls.live()
    done = remove_resources(settings(), apply=True)
    assert {row.state for row in done} == {"removed"}
    order = [name.partition(".")[2] for name in calls.changes if SERVERLESS in name]
    assert order == ["DeleteWorkgroup", "DeleteUsageLimit", "DeleteNamespace"]
    assert limits() == []
    with client(SERVERLESS) as redshift, client("secretsmanager") as secrets:
        assert redshift.list_workgroups()["workgroups"] == []
        assert redshift.list_namespaces()["namespaces"] == []
        assert secrets.list_secrets()["SecretList"] == []
    assert remove_resources(settings()) == []


def test_a_teardown_right_after_the_create_waits_until_it_may_delete(
    calls: Calls,
) -> None:
    with client(SERVERLESS) as redshift:
        tags = [{"key": "sparkify", "value": "sparkify"}]
        names = {"namespaceName": "sparkify", "tags": tags}
        redshift.create_namespace(**names)
        redshift.create_workgroup(workgroupName="sparkify", **names)
    done = remove_resources(settings(), apply=True)
    assert [(row.kind, row.state) for row in done] == [
        ("redshift workgroup", "removed"),
        ("redshift namespace", "removed"),
    ]


def test_the_roles_allow_what_serverless_needs_and_no_more(calls: Calls) -> None:
    make()
    with client(SERVERLESS) as redshift, client("iam") as iam:
        found = redshift.get_workgroup(workgroupName="sparkify")["workgroup"]
        copy = iam.get_role(RoleName="sparkify-redshift-copy")["Role"]
    [statement] = policies()["sparkify-dashboard"]["Statement"]
    assert statement["Action"] == ["redshift-serverless:GetCredentials"]
    assert statement["Resource"] == [found["workgroupArn"]]
    [trust] = copy["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"]["Service"] == [
        "redshift.amazonaws.com",
        "redshift-serverless.amazonaws.com",
    ]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_both_kinds_of_serverless_are_made_together_kept_and_removed(
    calls: Calls,
) -> None:
    planned = look_serverless(needs_workgroup=True)
    assert not {"emr cluster", "redshift cluster"} & {
        row.kind for row in planned.resources
    }
    cloud = apply(planned).cloud
    assert cloud.emr_application and cloud.emr_job_role
    assert cloud.workgroup and cloud.dashboard_role
    calls.live()
    again = apply(look_serverless(needs_workgroup=True))
    assert (again.cloud, again.is_unchanged) == (cloud, True)
    assert calls.changes == []
    removed = remove_resources(settings(), apply=True)
    kinds = [each.kind for each in removed]
    assert {"emr application", "redshift workgroup", "redshift namespace"} <= {*kinds}
    assert {each.state for each in removed} == {"removed"}
    assert remove_resources(settings(), apply=False) == []
