"""The one address that may reach Redshift is found or has to be named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from sparkify.aws import ingress
from sparkify.aws.provision import apply
from sparkify.errors import CloudError
from tests.support.aws import (
    Calls,
    look,
    settings,
    sources,
)


class CheckIp(BaseHTTPRequestHandler):
    """Says which address asks, as AWS's own service does."""

    said: ClassVar[bytes] = b"52.94.76.99\n"

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


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


def test_an_address_that_cannot_be_found_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ingress, "CHECKIP", "http://127.0.0.1:9")
    with pytest.raises(CloudError, match="set ingress to it, as a"):
        ingress.find_ingress("auto")
