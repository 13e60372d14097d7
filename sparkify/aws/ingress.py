"""The one address that may reach Redshift."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from urllib.request import urlopen

from sparkify.aws.settings import AUTO
from sparkify.errors import CloudError, ParameterError

CHECKIP = "https://checkip.amazonaws.com"
SECONDS = 10
EXAMPLE = "use one public address with its /32, such as 52.94.76.10/32"


def find_ingress(ingress: str) -> str:
    """Return the address that may reach Redshift, as `a.b.c.d/32`.

    Args:
        ingress: The address, or `auto` to ask AWS for this machine's own.

    Raises:
        ParameterError: It is not one public IPv4 address.
        CloudError: AWS does not return it, or one that is not public.
    """
    if ingress == AUTO:
        try:
            return check_ingress(f"{_own_address()}/32")
        except ParameterError as error:
            raise CloudError(str(error)) from None
    return check_ingress(ingress)


def check_ingress(ingress: str) -> str:
    """Return an address if it is exactly one public IPv4 address.

    Raises:
        ParameterError: It is not; the message says why.
    """
    text, _, bits = ingress.partition("/")
    try:
        address = IPv4Address(text)
    except AddressValueError:
        raise ParameterError(
            f"ingress '{ingress}' is not an IPv4 address; {EXAMPLE}"
        ) from None
    if bits != "32":
        raise ParameterError(f"ingress '{ingress}' is not one address; {EXAMPLE}")
    if not address.is_global or address.is_multicast:
        raise ParameterError(
            f"ingress '{ingress}' is not a public address, so Redshift never sees it; "
            f"{EXAMPLE}"
        )
    return ingress


def _own_address() -> str:
    """Ask AWS for this machine's public address."""
    try:
        # The URL is a fixed one of AWS; urlopen verifies certificates by default.
        with urlopen(CHECKIP, timeout=SECONDS) as answer:
            return str(answer.read(64).decode("ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise CloudError(
            f"{CHECKIP} did not return this machine's address ({error}); "
            "set ingress to it, as a.b.c.d/32"
        ) from None
