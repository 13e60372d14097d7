"""The one address that may reach Redshift."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from urllib.request import urlopen

from sparkify.aws.settings import AUTO
from sparkify.errors import CloudError

CHECKIP = "https://checkip.amazonaws.com"
SECONDS = 10
EXAMPLE = "give the one public address that may, such as 52.94.76.10/32"


def find_ingress(ingress: str) -> str:
    """Gives the address that may reach Redshift, as `a.b.c.d/32`.

    Args:
        ingress: Such an address, or `auto` to ask AWS which one this machine has.

    Raises:
        CloudError: It is no single public IPv4 address, or cannot be found out.
    """
    if ingress == AUTO:
        return check_ingress(f"{_own_address()}/32")
    return check_ingress(ingress)


def check_ingress(ingress: str) -> str:
    """Refuses whatever is not exactly one public IPv4 address.

    Raises:
        CloudError: It is not; the message says why.
    """
    address, _, bits = ingress.partition("/")
    try:
        reached_from = IPv4Address(address)
    except AddressValueError:
        raise CloudError(
            f"ingress '{ingress}' is no IPv4 address that may reach Redshift; {EXAMPLE}"
        ) from None
    if bits != "32":
        raise CloudError(
            f"ingress '{ingress}' is not one address, and would let more than one "
            f"reach Redshift; {EXAMPLE}"
        )
    if not reached_from.is_global or reached_from.is_multicast:
        raise CloudError(
            f"ingress '{ingress}' is not a public address, so Redshift never sees it; "
            f"{EXAMPLE}"
        )
    return ingress


def _own_address() -> str:
    """Asks AWS from which address this machine is seen."""
    try:
        # A fixed address of AWS's own; certificates are checked by default.
        with urlopen(CHECKIP, timeout=SECONDS) as answer:
            return str(answer.read(64).decode("ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise CloudError(
            f"{CHECKIP} does not say which address this machine has ({error}); "
            "set ingress to it, as a.b.c.d/32"
        ) from None
