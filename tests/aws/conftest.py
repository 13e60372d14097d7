"""An AWS account on loopback, and the calls that a test makes there."""

from collections.abc import Iterator

import pytest

from sparkify.rehearsal.aws import account
from tests.support.aws import ASKED, CHANGED, REGION, Calls, operations, recorded


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An AWS account on loopback."""
    with account(region=REGION) as opened:
        yield opened.endpoint


@pytest.fixture
def calls(endpoint: str) -> Iterator[Calls]:
    """What a test asks of AWS: nothing but what provisioning may ask."""
    with recorded(endpoint) as calls:
        yield calls
        assert set(calls.names) <= operations(ASKED, CHANGED)
