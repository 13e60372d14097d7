"""The budget alarm is an offer: nothing is made until it is asked for."""

from __future__ import annotations

import pytest

from sparkify.aws.teardown.teardown import remove_resources
from sparkify.errors import ParameterError
from tests.support.aws import (
    ACCOUNT,
    ASKED,
    CHANGED,
    LOOKED_FOR,
    REMOVED,
    Calls,
    actions,
    client,
    look,
    make,
    operations,
    settings,
)

MAIL = "you@example.org"
BUDGET = ("budget alarm", "sparkify-budget")


def test_the_plan_offers_the_alarm_and_makes_none(calls: Calls) -> None:
    (row,) = (row for row in look().table() if row["kind"] == "budget alarm")
    assert row["state"] == "absent"
    assert "offer: budget_usd=20 and budget_email=" in str(row["action"])
    make()
    assert "budgets.CreateBudget" not in calls.changes


def test_an_alarm_that_is_there_is_shown_and_not_offered(calls: Calls) -> None:
    make(settings(budget_usd=20, budget_email=MAIL))
    (row,) = (row for row in look().table() if row["kind"] == "budget alarm")
    assert row["name"] == BUDGET[1]
    assert row["state"] == "there, 20 dollars a month"
    assert row["action"] == "keep"


@pytest.mark.parametrize("why", ["AccessDeniedException", "ThrottlingException"])
def test_an_alarm_that_cannot_be_looked_for_is_still_offered(
    calls: Calls, why: str
) -> None:
    calls.refuse("DescribeBudget", code=why)
    (row,) = (row for row in look().table() if row["kind"] == "budget alarm")
    assert row["state"] == f"not checked ({why})"
    assert str(row["action"]).startswith("offer: ")


def test_a_network_without_a_way_to_budgets_stops_no_plan(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BUDGETS", "http://127.0.0.1:9")
    (row,) = (row for row in look().table() if row["kind"] == "budget alarm")
    assert row["state"] == "not checked (EndpointConnectionError)"


def test_the_alarm_is_made_once_before_what_costs(calls: Calls) -> None:
    asked = settings(budget_usd=20, budget_email=MAIL)
    assert actions(look(asked).resources)[BUDGET] == "create"
    make(asked)
    assert calls.changes[0] == "budgets.CreateBudget"
    (made,) = calls.of("CreateBudget")
    assert made["Budget"]["BudgetLimit"] == {"Amount": "20", "Unit": "USD"}
    alarms = made["NotificationsWithSubscribers"]
    assert {alarm["Subscribers"][0]["Address"] for alarm in alarms} == {MAIL}
    shown = look(asked)
    assert actions(shown.resources)[BUDGET] == "keep"
    kinds = [row["kind"] for row in shown.table()]
    assert kinds.count("budget alarm") == 1


def test_an_alarm_without_an_address_is_refused(calls: Calls) -> None:
    said = "budget_usd is 20, but budget_email is none"
    with pytest.raises(ParameterError, match=said):
        look(settings(budget_usd=20))
    assert calls.names == []


def test_another_limit_is_refused_with_the_remedy(calls: Calls) -> None:
    make(settings(budget_usd=20, budget_email=MAIL))
    (refusal,) = look(settings(budget_usd=30, budget_email=MAIL)).refusals
    assert "has a limit of 20 dollars, not 30; set budget_usd=20, or" in refusal


@pytest.mark.parametrize("may_look", [True, False])
def test_the_teardown_removes_the_alarm(may_look: bool, calls: Calls) -> None:
    if may_look:
        make(settings(budget_usd=20, budget_email=MAIL))
    else:
        calls.refuse("DescribeBudget", code="AccessDeniedException")
    made = len(calls.made)
    found = remove_resources(settings(), apply=True)
    states = {(each.kind, each.name): each.state for each in found}
    assert states.get(BUDGET) == ("removed" if may_look else None)
    assert set(calls.names[made:]) <= operations(LOOKED_FOR, REMOVED)
    del calls.made[made:]
    with client("budgets") as budgets:
        assert budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"] == []
    assert set(calls.names) <= operations(ASKED, CHANGED)
