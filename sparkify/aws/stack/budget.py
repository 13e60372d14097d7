"""The budget alarm: a mail when the account's costs of a month come near a limit."""

from __future__ import annotations

from sparkify.aws.names import Names, tags
from sparkify.aws.session import Clients, code, find
from sparkify.aws.stack.finding import (
    ABSENT,
    NOT_CHECKED,
    THERE,
    Change,
    Finding,
)

NO_BUDGET = "NotFoundException"
ALARMS = (("ACTUAL", 80), ("FORECASTED", 100))  # percent of the limit


class Budget:
    """A monthly budget of the whole account; AWS tells its state some hours late.

    Args:
        clients: The clients.
        names: The names of the resources.
    """

    kind = "budget alarm"
    cost = 0.0

    def __init__(self, clients: Clients, names: Names) -> None:
        self._clients = clients
        self._settings = names.settings
        self.name = names.budget

    def look(self) -> Finding:
        """Return the state of the budget; change nothing."""
        limit = self._limit()
        if limit is None:
            return Finding(ABSENT, (Change("create", self._create),))
        if limit == self._settings.budget_usd:
            return Finding(THERE)
        return Finding(
            THERE,
            refusal=f"budget '{self.name}' has a limit of {limit:g} dollars, not "
            f"{self._settings.budget_usd}; set budget_usd={limit:g}, or delete it with "
            f"'aws budgets delete-budget --account-id {self._clients.account} "
            f"--budget-name {self.name}'",
        )

    def offered(self) -> str:
        """Return the state of a budget that the settings do not ask for."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            limit = self._limit()
        except ClientError as error:
            return f"{NOT_CHECKED} ({code(error)})"
        except BotoCoreError as error:  # a network without a way to this service
            return f"{NOT_CHECKED} ({type(error).__name__})"
        return ABSENT if limit is None else f"{THERE}, {limit:g} dollars a month"

    def _limit(self) -> float | None:
        """Return the budget's US dollars a month; None if it does not exist."""
        found = find(
            self._clients.budgets.describe_budget,
            NO_BUDGET,
            AccountId=self._clients.account,
            BudgetName=self.name,
        )
        if found is None:
            return None
        return float(found["Budget"].get("BudgetLimit", {}).get("Amount", 0))

    def _create(self) -> None:
        mail = {
            "SubscriptionType": "EMAIL",
            "Address": self._settings.budget_email,
        }
        self._clients.budgets.create_budget(
            AccountId=self._clients.account,
            Budget={
                "BudgetName": self.name,
                "BudgetLimit": {
                    "Amount": str(self._settings.budget_usd),
                    "Unit": "USD",
                },
                "TimeUnit": "MONTHLY",
                "BudgetType": "COST",
            },
            NotificationsWithSubscribers=[
                {
                    "Notification": {
                        "NotificationType": kind,
                        "ComparisonOperator": "GREATER_THAN",
                        "Threshold": percent,
                        "ThresholdType": "PERCENTAGE",
                    },
                    "Subscribers": [mail],
                }
                for kind, percent in ALARMS
            ],
            ResourceTags=tags(self._settings),
        )
