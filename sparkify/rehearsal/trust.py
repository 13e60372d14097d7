"""The authorities that clients trust in a rehearsal: this machine's and ours."""

import ssl
from pathlib import Path


def trusted(folder: Path, ours: Path) -> Path:
    """Write a bundle of authorities, for `SSL_CERT_FILE`.

    Args:
        folder: The folder for the bundle.
        ours: The emulator's own authority, as PEM.
    """
    known = ssl.get_default_verify_paths().cafile
    texts = [Path(known).read_text()] if known else []
    bundle = folder / "trusted.pem"
    bundle.write_text("\n".join([*texts, ours.read_text()]))
    return bundle
