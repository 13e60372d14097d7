"""The JVM options with which a Java process trusts the emulator of Redshift."""

import shlex
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    pkcs12,
)

PASSWORD = "changeit"  # noqa: S105 - Java's default; the store only has certificates


def java_options(folder: Path, *, ca_file: Path) -> str:
    """Return the options of a JVM that loads into the emulator of Redshift.

    Hadoop's client of S3 has settings for its endpoint. TLS takes the trusted
    authorities from a store of Java's own.

    Args:
        folder: The folder for the store.
        ca_file: The authority of the emulator's certificate, as PEM.
    """
    authority = x509.load_pem_x509_certificate(ca_file.read_bytes())
    store = folder / "trusted.p12"
    store.write_bytes(
        pkcs12.serialize_java_truststore(
            [pkcs12.PKCS12Certificate(authority, b"rehearsal")],
            encryption_algorithm=BestAvailableEncryption(PASSWORD.encode()),
        )
    )
    properties = {
        "javax.net.ssl.trustStore": str(store),
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": PASSWORD,
    }
    return shlex.join(f"-D{name}={value}" for name, value in properties.items())
