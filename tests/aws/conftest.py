"""An AWS account on loopback, and the calls that a test makes there."""

from collections.abc import Iterator

import pytest

from sparkify.rehearsal.aws import account
from tests.support import emr_serverless
from tests.support.aws import ASKED, CHANGED, REGION, Calls, logged, operations


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Yield the address of an AWS account on loopback."""
    with account(region=REGION) as opened:
        yield opened.endpoint


@pytest.fixture
def calls(endpoint: str) -> Iterator[Calls]:
    """Yield the log of a test's calls; only those of provisioning are allowed."""
    with logged(endpoint) as calls:
        yield calls
        assert set(calls.names) <= operations(ASKED, CHANGED)


provisioned, on = emr_serverless.provisioned, emr_serverless.on
