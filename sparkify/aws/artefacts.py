"""Puts what EMR's nodes need to run our jobs into the bucket.

The package is a zip. Its dependencies are the wheels of `requirements.lock` for the
nodes' Python; a bootstrap script installs them from the bucket. Python 3.11 comes from
the operating system's repositories, which are in S3. So a node needs no internet.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sparkify import ownership
from sparkify.aws.cloud import Cloud
from sparkify.errors import CloudError
from sparkify.project import ROOT
from sparkify.s3 import split

PACKAGE = ROOT / "sparkify"
LOCK = ROOT / "requirements.lock"
PYTHON = "3.11"
MACHINE = "x86_64"  # as EC2 and Python call it
PLATFORM = f"manylinux_2_28_{MACHINE}"  # what Amazon Linux 2023 can install
PLATFORM_OPTIONS = ("--platform", PLATFORM, "--platform", f"manylinux2014_{MACHINE}")
NODE_PYTHON = "/usr/bin/python3.11"
NODE = {
    "python_version": PYTHON,
    "python_full_version": f"{PYTHON}.9",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": MACHINE,
}

# The files of the package that the jobs import.
SHIPPED = (
    "__init__.py",
    "errors.py",
    "progress.py",
    "project.py",
    "s3.py",
    "ingest/*.py",
)

# The other packages that the jobs import, with their dependencies.
WHEELS = (
    "boto3",
    "botocore",
    "ftfy",
    "jmespath",
    "numpy",
    "pandas",
    "pyarrow",
    "python-dateutil",
    "pytz",
    "s3transfer",
    "six",
    "urllib3",
    "wcwidth",
)

LAUNCHER = Path(__file__).with_name("step_launcher.py")
# Of an argument of an EMR step; kept for all together, to be on the safe side.
MOST_CHARACTERS = 10_280

BOOTSTRAP = """#!/bin/bash
# Installs what Sparkify's jobs import on a node, from the bucket alone.
set -euo pipefail
sudo dnf install --quiet --assumeyes python3.11 python3.11-pip
folder=$(mktemp -d)
aws s3 cp --quiet --recursive "{wheels}/" "$folder/"
sudo {python} -m pip install --quiet --no-index --no-deps "$folder"/*.whl
"""


def put_package(cloud: Cloud, s3: Any) -> str:
    """Put the package into the bucket as a zip; return its address."""
    body = package_zip()
    address = cloud.address("jobs", f"{sha256(body).hexdigest()[:16]}", "sparkify.zip")
    put(cloud, s3, address, body)
    return address


def put_job(cloud: Cloud, s3: Any, job: Path) -> str:
    """Put a file that `spark-submit` runs into the bucket; return its address."""
    body = job.read_bytes()
    address = cloud.address("jobs", f"{sha256(body).hexdigest()[:16]}", job.name)
    put(cloud, s3, address, body)
    return address


def put_program(
    cloud: Cloud, s3: Any, job: Path, arguments: Sequence[str]
) -> list[str]:
    """Put a job into the bucket; return what `spark-submit` is given to run it.

    Arguments that are too long for EMR are put into the bucket too, and a launcher is
    run that reads them there.

    Args:
        cloud: What 01_provision made.
        s3: The client.
        job: The file that `spark-submit` runs.
        arguments: The job's arguments.

    Returns:
        The address of the file to run, and its arguments.
    """
    address = put_job(cloud, s3, job)
    if len(" ".join(arguments)) <= MOST_CHARACTERS:
        return [address, *arguments]
    launcher = put_job(cloud, s3, LAUNCHER)
    return [launcher, address, put_arguments(cloud, s3, arguments)]


def put_arguments(cloud: Cloud, s3: Any, arguments: Sequence[str]) -> str:
    """Put a job's arguments into the bucket as a JSON list; return its address."""
    body = json.dumps(list(arguments)).encode()
    name = f"{sha256(body).hexdigest()[:16]}"
    address = cloud.address("jobs", name, "arguments.json")
    put(cloud, s3, address, body)
    return address


def put_bootstrap(cloud: Cloud, s3: Any, cache: Path) -> str:
    """Put the wheels and the script that installs them into the bucket.

    Args:
        cloud: What 01_provision made.
        s3: The client.
        cache: A folder that keeps the wheels for the next time.

    Returns:
        The script's address.

    Raises:
        CloudError: The wheels cannot be fetched.
    """
    folder = fetch_wheels(cache)
    wheels = cloud.address("jobs", "wheels", folder.name)
    for wheel in sorted(folder.glob("*.whl")):
        put(cloud, s3, f"{wheels}/{wheel.name}", wheel)
    script = cloud.address("jobs", "wheels", f"{folder.name}.sh")
    text = BOOTSTRAP.format(wheels=wheels, python=NODE_PYTHON)
    put(cloud, s3, script, text.encode())
    return script


def package_zip() -> bytes:
    """Return the files that the jobs import as a zip; equal files give equal bytes."""
    buffer = BytesIO()
    paths = {path for pattern in SHIPPED for path in PACKAGE.glob(pattern)}
    with ZipFile(buffer, "w", ZIP_DEFLATED) as packed:
        for path in sorted(paths):
            entry = ZipInfo(path.relative_to(ROOT).as_posix())
            entry.compress_type = ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def fetch_wheels(cache: Path) -> Path:
    """Fetch the locked wheels for the nodes, once.

    Args:
        cache: A folder that keeps them for the next time, one folder a state of the
            lock.

    Returns:
        The folder with the wheels.

    Raises:
        CloudError: pip cannot fetch a wheel.
    """
    folder = cache / sha256(_requirements().encode()).hexdigest()[:16]
    done = folder / "done"
    if done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        ownership.mark(folder)
    requirements = folder / "requirements.txt"
    requirements.write_text(_requirements())
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
        *("--disable-pip-version-check", "--require-hashes"),
        *("--only-binary", ":all:", "--python-version", PYTHON),
        *PLATFORM_OPTIONS,
        *("--dest", str(folder), "--requirement", str(requirements)),
    ]
    fetched = subprocess.run(command, capture_output=True, text=True, check=False)
    if fetched.returncode != 0:
        raise CloudError(
            "the wheels for EMR's nodes cannot be fetched; check that pip reaches its "
            f"index: {fetched.stderr.strip()[-500:]}"
        )
    fetched_names = {wheel.name.split("-")[0] for wheel in folder.glob("*.whl")}
    missing = {name.replace("-", "_") for name in WHEELS} - fetched_names
    if missing:
        raise CloudError(
            f"pip fetched no wheel of {', '.join(sorted(missing))} for EMR's nodes; "
            f"run make lock, and check that each has a wheel for {PLATFORM}"
        )
    done.touch()
    return folder


def _requirements() -> str:
    """Return the lines of the lock for what the jobs import, with their hashes.

    The lock holds lines for several versions of Python; those of the nodes are chosen.
    """
    from packaging.requirements import Requirement

    chosen = {}
    for entry in re.split(r"\n(?=\S)", LOCK.read_text()):
        pinned, _, hashes = entry.partition("\\\n")
        required = Requirement(pinned)
        is_for_nodes = required.marker is None or required.marker.evaluate(NODE)
        if required.name in WHEELS and is_for_nodes:
            line = f"{required.name}{required.specifier} \\\n{hashes}"
            chosen[required.name] = line
    missing = [name for name in WHEELS if name not in chosen]
    if missing:
        raise CloudError(f"requirements.lock lacks {', '.join(missing)}; run make lock")
    return "\n".join(chosen[name] for name in WHEELS) + "\n"


def put(cloud: Cloud, s3: Any, address: str, content: bytes | Path) -> None:
    """Put a file into the bucket if it is not there; other content has another name."""
    _, key = split(address)
    if s3.list_objects_v2(Bucket=cloud.bucket, Prefix=key, MaxKeys=1).get("KeyCount"):
        return
    if isinstance(content, Path):
        s3.upload_file(str(content), cloud.bucket, key)
    else:
        s3.put_object(Bucket=cloud.bucket, Key=key, Body=content)
