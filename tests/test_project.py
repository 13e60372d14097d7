"""The project's own files agree with each other."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from sparkify.project import ROOT

# Imports point from right to left: a module imports only from layers before its own.
LAYERS = (
    {"errors", "project", "progress"},
    {"params", "schemas", "source", "text", "sql"},
    {"lines", "records", "workspace"},
    {"step", "aws"},
    {"demo", "flatten", "warehouse", "connector_job"},
    {"provision", "schema", "query", "checks", "books", "teardown"},
    {"load", "star", "reports", "devices", "places", "metrics", "periods"},
    {"charts", "run", "trends"},
    {"display", "pipeline"},
    {"console"},
    {"cli", "rehearsal"},
)

HEAVY = {"boto3", "pyspark", "streamlit", "redshift_connector", "papermill", "moto"}

MODULES = sorted((ROOT / "sparkify").rglob("*.py"))


def part(path: Path) -> str:
    """Gives the part of the package that a file belongs to."""
    return path.relative_to(ROOT / "sparkify").parts[0].removesuffix(".py")


def layer(name: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if name in names)


def imported(tree: ast.AST) -> set[str]:
    """Lists the modules that a piece of code imports, by their full names."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_flow_one_way(path: Path) -> None:
    if part(path) == "__init__":
        return
    for name in imported(ast.parse(path.read_text())):
        if name.startswith("sparkify."):
            other = name.split(".")[1]
            assert other == part(path) or layer(other) < layer(part(path)), name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_heavy_drivers_are_imported_where_they_are_used(path: Path) -> None:
    if path.stem in ("spark_job", "connector_job") or part(path) == "rehearsal":
        return  # runs within Spark, or is all about AWS
    top = ast.parse(path.read_text()).body
    names = set[str]()
    for node in top:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= imported(node)
    assert not {name.split(".")[0] for name in names} & HEAVY


def test_conda_installs_the_same_lock_as_pip() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert pip == {"pip": ["--require-hashes -r requirements.lock"]}
    python = next(entry for entry in conda if entry.startswith("python="))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.13"
    assert python in ("python=3.11", "python=3.12")
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


def test_the_readme_names_each_parameter_and_notebook() -> None:
    from sparkify.params import PARAMETERS

    readme = (ROOT / "README.md").read_text()
    for name in PARAMETERS:
        assert f"`{name}`" in readme
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert notebook.stem in readme
