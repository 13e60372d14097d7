"""Packs the Python that jobs on EMR Serverless run with: an interpreter and the wheels.

EMR Serverless has Python 3.9, and the jobs need 3.11. A virtual environment that
`venv-pack` packs only points to the Python of the machine that packed it. So this
archive has a whole CPython: the one that JavaCPP's presets publish on Maven Central,
which is built for glibc 2.17, finds its files from wherever it lies, and is the same
whatever machine packs it. Spark unpacks the archive on each worker.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from sparkify.aws import artefacts, lzma_module
from sparkify.aws.cloud import Cloud
from sparkify.errors import CloudError
from sparkify.maven import Artifact, fetch
from sparkify.project import cache_folder

PYTHON_JAR = Artifact("org.bytedeco", "cpython", "3.11.3-1.5.9", "linux-x86_64")
PYTHON_SHA256 = "668b42f6a8b1a9789de7d3ca54a81fefb754cd8e885554b42858bbcbc0dd497c"
ROOT = "org/bytedeco/cpython/linux-x86_64/"
LIBRARY = f"lib/python{artefacts.PYTHON}"
PACKAGES = f"{LIBRARY}/site-packages"
INTERPRETER = "bin/python"
LIBRARIES = ("libffi.so.6", "libpython3.11.so.1.0")  # found by the interpreter's RPATH
# What no job needs: a third of the archive.
LEFT_OUT = (
    *(f"{LIBRARY}/{name}/" for name in ("ensurepip", "idlelib", "lib2to3", "test")),
    f"{LIBRARY}/config-{artefacts.PYTHON}-x86_64-linux-gnu/",
    f"{PACKAGES}/",
)
TESTS = "/tests/"
# What pip writes beside the wheels' files: it names folders of this machine.
OF_PIP = ("/direct_url.json", "/RECORD")
SCRIPTS = f"{PACKAGES}/bin/"
# The module that the interpreter was built without.
LZMA, LZMA_SOURCE = f"{LIBRARY}/_lzma.py", Path(lzma_module.__file__)
QUICK = 1  # gzip's level; the next ones take twice the time for a tenth of the size
EXECUTABLE, PLAIN = 0o755, 0o644


def put_python(cloud: Cloud, s3: Any, cache: Path) -> str:
    """Put the archive into the bucket; return its address.

    Args:
        cloud: What 01_provision made.
        s3: The client.
        cache: A folder that keeps the wheels and the archive for the next time.

    Raises:
        CloudError: The wheels or the interpreter cannot be fetched.
    """
    archive = pack_python(cache)
    address = cloud.address("jobs", "wheels", archive.parent.name, archive.name)
    artefacts.put(cloud, s3, address, archive)
    return address


def pack_python(cache: Path) -> Path:
    """Return the archive; pack it once for each state of the lock.

    Args:
        cache: A folder that keeps the wheels and the archive for the next time.

    Raises:
        CloudError: The wheels or the interpreter cannot be fetched.
    """
    wheels = artefacts.fetch_wheels(cache)
    recipe = Path(__file__).read_bytes() + LZMA_SOURCE.read_bytes()
    archive = wheels / f"python-{sha256(recipe).hexdigest()[:16]}.tar.gz"
    if archive.exists():
        return archive
    jar = _fetch_interpreter()
    with TemporaryDirectory(prefix="sparkify-python-") as folder:
        _install(wheels, Path(folder))
        part = wheels / f"python-{os.getpid()}.tar.gz.part"
        with (
            part.open("wb") as file,
            gzip.GzipFile("", "wb", QUICK, file, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as archived,
        ):
            for name, content in _files(jar, Path(folder)):
                _add(archived, name, content)
    return part.replace(archive)


def _fetch_interpreter() -> Path:
    """Return the interpreter's jar, and make sure that it is the right one."""
    (jar,) = fetch(cache_folder() / "jars", (PYTHON_JAR,))
    found = sha256(jar.read_bytes()).hexdigest()
    if found != PYTHON_SHA256:
        raise CloudError(
            f"'{jar}' has the SHA-256 {found}, but {PYTHON_SHA256} is expected; delete "
            "the file, and run again to fetch it anew"
        )
    return jar


def _files(jar: Path, packages: Path) -> Iterator[tuple[str, bytes]]:
    """Yield all files of the archive."""
    yield from _interpreter(jar)
    yield LZMA, LZMA_SOURCE.read_bytes()
    yield from _packages(packages)


def _interpreter(jar: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the interpreter's files: its programs, its library and the modules."""
    with ZipFile(jar) as opened:
        for entry in sorted(opened.namelist()):
            name = entry.removeprefix(ROOT)
            if name == f"bin/python{artefacts.PYTHON}":
                yield INTERPRETER, opened.read(entry)
            is_module = name.startswith(f"{LIBRARY}/") and not name.startswith(LEFT_OUT)
            is_file = not name.endswith("/")
            if name in LIBRARIES or (is_module and is_file):
                yield name, opened.read(entry)


def _install(wheels: Path, folder: Path) -> None:
    """Install the wheels into a folder, on whatever machine this is.

    Raises:
        CloudError: pip refuses a wheel.
    """
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"),
        *("--disable-pip-version-check", "--no-compile", "--target", str(folder)),
        *("--only-binary", ":all:", "--python-version", artefacts.PYTHON),
        *artefacts.PLATFORM_OPTIONS,
        *map(str, sorted(wheels.glob("*.whl"))),
    ]
    done = subprocess.run(  # noqa: S603 - the command is the package's own
        command, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CloudError(
            "the wheels for EMR Serverless cannot be unpacked; delete "
            f"'{wheels}' and run again: {done.stderr.strip()[-500:]}"
        )


def _packages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the installed wheels, without their own tests."""
    for path in sorted(folder.rglob("*")):
        name = f"{PACKAGES}/{path.relative_to(folder).as_posix()}"
        is_of_pip = name.endswith(OF_PIP) or name.startswith(SCRIPTS)
        if path.is_file() and TESTS not in name and not is_of_pip:
            yield name, path.read_bytes()


def _add(archived: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file; equal files give equal archives."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    is_program = name == INTERPRETER or ".so" in Path(name).suffixes
    entry.mode = EXECUTABLE if is_program else PLAIN
    archived.addfile(entry, BytesIO(content))
