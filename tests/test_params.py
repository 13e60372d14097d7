"""Every parameter is checked before anything runs, and a wrong one says what to do."""

import ast
import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from sparkify import steps
from sparkify.commands.demo import demo
from sparkify.errors import ParameterError
from sparkify.ingest.spark_engine import JOB
from sparkify.params import PARAMETERS, Value, check, read_parameters
from sparkify.project import ROOT
from sparkify.warehouse import open_star

PROFILES = sorted((ROOT / "params").glob("*.yaml"))
DEFAULTS = {name: parameter.default for name, parameter in PARAMETERS.items()}


def write(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text)
    return path


def test_every_default_is_valid() -> None:
    assert check({}) == DEFAULTS
    assert check(DEFAULTS) == DEFAULTS


def test_every_choice_and_every_example_is_valid() -> None:
    for parameter in PARAMETERS.values():
        for choice in parameter.choices:
            assert parameter.check(choice) == choice
        for example in parameter.example.split(" or "):
            assert not parameter.pattern or parameter.check(example) == example


def test_the_local_and_the_spark_profile_exist() -> None:
    assert {"local.yaml", "spark.yaml"} <= {path.name for path in PROFILES}


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_profile_can_be_read(path: Path) -> None:
    assert read_parameters(path).keys() == PARAMETERS.keys()


def test_the_local_profile_is_the_default() -> None:
    assert read_parameters(Path("params/local.yaml")) == DEFAULTS


def test_the_spark_profile_differs_in_its_engine_alone() -> None:
    assert read_parameters(Path("params/spark.yaml")) == DEFAULTS | {"engine": "spark"}


@pytest.mark.parametrize(
    "path",
    [path for path in PROFILES if path.stem != "local"],
    ids=lambda path: path.stem,
)
def test_a_profile_names_only_what_differs_from_the_defaults(path: Path) -> None:
    named = yaml.safe_load(path.read_text())
    assert {key for key in named if named[key] == DEFAULTS[key]} == set()


@pytest.mark.parametrize(
    "name", [module.name for module in pkgutil.iter_modules(steps.__path__)]
)
def test_a_step_has_the_defaults_of_the_parameters(name: str) -> None:
    module = import_module(f"sparkify.steps.{name}")
    defaults = [
        (argument.name, argument.default)
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        for argument in inspect.signature(function).parameters.values()
        if argument.name in DEFAULTS and argument.default is not argument.empty
    ]
    assert defaults == [(argument, DEFAULTS[argument]) for argument, _ in defaults]


def defaults_of(function: Callable[..., object]) -> dict[str, object]:
    return {
        argument.name: argument.default
        for argument in inspect.signature(function).parameters.values()
        if argument.default is not argument.empty
    }


def test_a_star_is_opened_with_the_defaults_of_the_parameters() -> None:
    names = ("warehouse", "memory_limit")
    assert defaults_of(open_star) == {name: DEFAULTS[name] for name in names}


def test_demo_on_the_command_line_has_the_defaults_of_the_parameters() -> None:
    names = ("events", "songs", "seed")
    expected = {name: DEFAULTS[f"demo_{name}"] for name in names}
    assert defaults_of(demo) == expected


def test_the_spark_job_has_the_default_of_the_parameter() -> None:
    # Read, not imported: the job needs Spark.
    defaults = [
        ast.literal_eval(keyword.value)
        for call in ast.walk(ast.parse(JOB.read_text()))
        if isinstance(call, ast.Call) and "'--files'" in map(ast.unparse, call.args)
        for keyword in call.keywords
        if keyword.arg == "default"
    ]
    assert defaults == [DEFAULTS["flatten_files"]]


def test_a_file_sets_only_what_it_names(tmp_path: Path) -> None:
    path = write(tmp_path, "engine: spark\nflatten_files: 8\napply: true\n")
    expected = DEFAULTS | {"engine": "spark", "flatten_files": 8, "apply": True}
    assert read_parameters(path) == expected


@pytest.mark.parametrize("text", ["", "\n", "# nothing but a comment\n"])
def test_an_empty_file_means_the_defaults(text: str, tmp_path: Path) -> None:
    assert read_parameters(write(tmp_path, text)) == DEFAULTS


def test_the_projects_files_are_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_parameters(Path("params/spark.yaml"))["engine"] == "spark"


def test_a_file_of_the_current_folder_comes_before_the_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "spark.yaml").write_text("top: 3")
    assert read_parameters(Path("params/spark.yaml")) == DEFAULTS | {"top": 3}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (Path("params/nowhere.yaml"), tmp_path):
        with pytest.raises(ParameterError, match=f"no parameter file '{path}'"):
            read_parameters(path)


@pytest.mark.parametrize(
    "content",
    [b"engine: [duckdb", b"engine: 'duckdb", b"\tengine: duckdb", b"\xff\xfe\x00"],
)
def test_a_file_that_is_no_yaml_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(content)
    with pytest.raises(ParameterError, match=f"cannot read '{path}'"):
        read_parameters(path)


@pytest.mark.parametrize("text", ["- engine", "duckdb", "42"])
def test_a_file_without_keys_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="has no keys; write them as"):
        read_parameters(write(tmp_path, text))


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("enigne", "engine"), ("memory-limit", "memory_limit"), ("sources", "source")],
)
def test_a_typo_in_a_key_names_the_nearest_key(
    typo: str, meant: str, tmp_path: Path
) -> None:
    message = f"parameter '{typo}' is unknown; did you mean '{meant}'?"
    with pytest.raises(ParameterError, match=message):
        read_parameters(write(tmp_path, f"{typo}: duckdb"))
    with pytest.raises(ParameterError, match=message):
        read_parameters(write(tmp_path, ""), [f"{typo}=duckdb"])


def test_a_key_without_a_near_match_lists_all_keys() -> None:
    with pytest.raises(ParameterError) as caught:
        check({"zzz": 1})
    assert all(name in str(caught.value) for name in PARAMETERS)


def test_a_typo_in_a_value_lists_the_choices() -> None:
    message = "'engine' cannot be 'sparc'; choose one of duckdb, spark, emr"
    with pytest.raises(ParameterError, match=message):
        check({"engine": "sparc"})


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("source", 42, "text"),
        ("source", None, "text"),
        ("source", ["demo"], "text"),
        ("source", {"path": "demo"}, "text"),
        ("engine", True, "text"),
        ("top", "10", "a whole number"),
        ("top", 10.0, "a whole number"),
        ("top", True, "a whole number"),
        ("top", None, "a whole number"),
        ("apply", 1, "true or false"),
        ("apply", "no", "true or false"),
        ("accept", None, "true or false"),
    ],
)
def test_a_value_of_another_type_is_refused(
    name: str, value: object, wanted: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        check({name: value})
    assert str(caught.value) == f"parameter '{name}' must be {wanted}, not {value!r}"


def test_nested_values_of_a_file_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "engine:\n  name: duckdb\n")
    with pytest.raises(ParameterError, match="'engine' must be text"):
        read_parameters(path)


@pytest.mark.parametrize("value", ["", " ", "\t\n"])
@pytest.mark.parametrize("name", ["source", "workspace"])
def test_an_empty_text_is_refused(name: str, value: str) -> None:
    with pytest.raises(ParameterError, match=f"'{name}' is empty; give it a value"):
        check({name: value})


@pytest.mark.parametrize("name", ["flatten_files", "demo_events", "demo_songs", "top"])
def test_counts_begin_at_one(name: str) -> None:
    assert check({name: 1})[name] == 1
    for value in (0, -1):
        with pytest.raises(ParameterError, match=f"'{name}' must be from 1 to"):
            check({name: value})


def test_seeds_begin_at_zero() -> None:
    assert check({"demo_seed": 0})["demo_seed"] == 0
    with pytest.raises(ParameterError, match="'demo_seed' must be from 0 to"):
        check({"demo_seed": -1})


@pytest.mark.parametrize("size", ["4GB", "512MB", "1.5GB", "1.5 GiB", "100MB", "1TB"])
def test_a_size_has_a_number_and_a_unit(size: str) -> None:
    assert check({"memory_limit": size})["memory_limit"] == size


@pytest.mark.parametrize(
    "size", ["4", "GB", "4gb", "4G", "0GB", "-4GB", "4  GB", "4GB\n", "80%", "4,5GB"]
)
def test_a_size_of_another_form_is_refused(size: str) -> None:
    with pytest.raises(ParameterError, match="write it like 4GB or 512MB"):
        check({"memory_limit": size})


@pytest.mark.parametrize(
    ("override", "name", "value"),
    [
        ("engine=spark", "engine", "spark"),
        (" engine =spark", "engine", "spark"),
        ("source=s3://bucket/a=b", "source", "s3://bucket/a=b"),
        ("workspace=42", "workspace", "42"),
        ("workspace=true", "workspace", "true"),
        ("top=3", "top", 3),
        ("apply=true", "apply", True),
        ("apply=False", "apply", False),
    ],
)
def test_an_override_is_read_as_its_parameters_type_and_wins(
    override: str, name: str, value: Value, tmp_path: Path
) -> None:
    path = write(tmp_path, "engine: duckdb\ntop: 5\nsource: elsewhere\n")
    given = read_parameters(path, [override])
    assert given[name] == value
    assert type(given[name]) is type(value)
    assert given == read_parameters(path) | {name: value}


def test_the_last_of_two_overrides_wins(tmp_path: Path) -> None:
    assert read_parameters(write(tmp_path, ""), ["top=3", "top=4"])["top"] == 4


@pytest.mark.parametrize("override", ["top=", "top=ten", "top=[", "top=3.5", "apply=1"])
def test_an_override_of_another_type_is_refused(override: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=f"'{override.split('=')[0]}' must be"):
        read_parameters(write(tmp_path, ""), [override])


def test_an_override_without_an_equals_sign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'engine' sets no parameter; write it as"):
        read_parameters(write(tmp_path, ""), ["engine"])


def test_an_override_fixes_a_wrong_value_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "engine: sparc")
    assert read_parameters(path, ["engine=spark"])["engine"] == "spark"
