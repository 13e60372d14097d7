"""The calls that a teardown makes, without its waits."""

from collections.abc import Iterator

import pytest

from sparkify.aws import waiting
from tests.support.aws import LOOKED_FOR, REMOVED, Calls, logged, operations


@pytest.fixture
def calls(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    monkeypatch.setattr(waiting, "sleep", lambda _: None)
    with logged(endpoint) as calls:
        yield calls
        assert set(calls.names) <= operations(LOOKED_FOR, REMOVED)
