"""The command line as its user calls it, and an AWS account on loopback."""

from collections.abc import Callable, Iterator

import pytest

from sparkify import cli
from sparkify.rehearsal.aws import account
from tests.support.aws import REGION, Calls, logged

Command = Callable[..., int]


@pytest.fixture
def sparkify(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs a command, and returns its exit status."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["sparkify", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return run


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with account(region=REGION) as opened:
        yield opened.endpoint


@pytest.fixture
def calls(endpoint: str) -> Iterator[Calls]:
    with logged(endpoint) as calls:
        yield calls
