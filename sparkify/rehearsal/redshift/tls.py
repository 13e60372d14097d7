"""The emulator's TLS: a certificate authority of its own and a server certificate."""

import ssl
from collections.abc import Sequence
from pathlib import Path

import trustme


def make_context(folder: Path, hosts: Sequence[str]) -> tuple[ssl.SSLContext, Path]:
    """Issue a certificate for a server from a new authority.

    Args:
        folder: Where the authority's certificate is written.
        hosts: The names or addresses for which the server's certificate is valid.

    Returns:
        The server's TLS context, and the authority's PEM file for the clients.
    """
    authority = trustme.CA(organization_unit_name="Sparkify rehearsal")
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    return context, ca_file
