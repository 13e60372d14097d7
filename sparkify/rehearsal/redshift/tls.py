"""A certificate authority of the stand-in's own, and the server's certificate."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=2)  # a rehearsal's certificate need not last
CLOCK_SKEW = timedelta(hours=1)


def make_context(folder: Path, hosts: Sequence[str]) -> tuple[ssl.SSLContext, Path]:
    """Makes an authority and what a server needs to prove one of its names.

    Args:
        folder: Where the files go; it holds a private key afterwards.
        hosts: The names for which the certificate is good; addresses too.

    Returns:
        The server's TLS, and the PEM file of the authority, for the clients.
    """
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("Sparkify rehearsal CA")
    authority = _builder(authority_name, authority_name, authority_key.public_key())
    authority = authority.add_extension(x509.BasicConstraints(True, 0), critical=True)
    authority = authority.add_extension(
        _key_usage(is_authority=True), critical=True
    ).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()),
        critical=False,
    )
    authority_certificate = authority.sign(authority_key, hashes.SHA256())

    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(hosts[0]), authority_name, key.public_key())
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectAlternativeName([_host(host) for host in hosts]), False),
        (x509.BasicConstraints(False, None), True),
        (_key_usage(is_authority=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority_key.public_key()
            ),
            False,
        ),
    ]
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    certificate = builder.sign(authority_key, hashes.SHA256())

    pem = serialization.Encoding.PEM
    ca_file, chain, key_file = (
        folder / name for name in ("ca.pem", "server.pem", "server-key.pem")
    )
    ca_file.write_bytes(authority_certificate.public_bytes(pem))
    chain.write_bytes(certificate.public_bytes(pem))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(chain, key_file)
    return context, ca_file


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + VALID)
    )


def _name(common: str) -> x509.Name:
    # A common name has 64 characters at most; clients go by the alternative names.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
