"""The parameters of a run: their names, their defaults and how to read them."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import yaml

from sparkify.cloud_parameters import (
    CLOUD_PARAMETERS,
    CONNECTOR,
    EMR_ENGINES,
    REDSHIFT_WAREHOUSES,
)
from sparkify.errors import ParameterError
from sparkify.parameter import Parameter, Value, as_switch
from sparkify.project import ROOT

__all__ = [
    "PARAMETERS",
    "Value",
    "as_switch",
    "check",
    "find_parameter",
    "read_parameters",
]

SIZE = re.compile(r"([1-9]\d{2,4}\s?M|[1-9]\d{0,3}(\.\d+)?\s?[GT])i?B")

PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter(
            "source",
            "demo",
            "folder or s3:// prefix with log_data/ and song_data/; demo generates data",
        ),
        Parameter("workspace", "workspace", "folder that the run may write to"),
        Parameter(
            "engine",
            "duckdb",
            "what flattens the raw files",
            ("duckdb", "spark", *EMR_ENGINES),
        ),
        Parameter(
            "warehouse",
            "duckdb",
            "what holds the star schema",
            ("duckdb", *REDSHIFT_WAREHOUSES),
        ),
        Parameter(
            "load", "copy", "how the staging tables are filled", ("copy", CONNECTOR)
        ),
        Parameter(
            "memory_limit",
            "4GB",
            "the most memory that an engine may use, at least 100MB",
            pattern=SIZE,
            example="4GB or 512MB",
        ),
        Parameter(
            "flatten_files", 4, "Parquet files to write for each kind", at_least=1
        ),
        Parameter(
            "demo_events",
            50_000,
            "events of the demo data",
            at_least=1,
            at_most=1_000_000_000,
        ),
        Parameter(
            "demo_songs",
            5_000,
            "songs of the demo data's catalogue",
            at_least=1,
            at_most=10_000_000,
        ),
        Parameter("demo_seed", 1, "seed of the demo data", at_most=2**63 - 1),
        Parameter(
            "most_record_bytes",
            16_777_216,
            "bytes of a record; a longer one is quarantined",
            at_least=1_000,
            at_most=1_000_000_000,
        ),
        Parameter(
            "most_quarantined",
            5,
            "percent of the records of a kind that may be unusable",
            at_most=100,
        ),
        Parameter(
            "accept",
            False,
            "whether to publish a star from data with too many unusable records, or "
            "less than half as large as the last one",
        ),
        Parameter(
            "full",
            False,
            "whether to read and build all anew, not only what is new",
        ),
        Parameter(
            "runs_kept",
            20,
            "runs of the workspace whose folders are kept; older ones are removed",
            at_least=1,
            at_most=1_000_000,
        ),
        Parameter("top", 10, "songs and artists to show in a ranking", at_least=1),
        Parameter(
            "apply",
            False,
            "whether 01_provision creates and 99_teardown removes what they list",
        ),
        *CLOUD_PARAMETERS,
    )
}


def read_parameters(path: Path, overrides: Sequence[str] = ()) -> dict[str, Value]:
    """Read a parameter file, and add the defaults of the parameters it leaves out.

    Args:
        path: A YAML file of flat keys, relative to the current folder or to the
            project's root.
        overrides: Texts such as `engine=spark`, which override the file.

    Returns:
        A value for every parameter.

    Raises:
        ParameterError: The file cannot be read, a key is unknown, or a value is not
            allowed.
    """
    values = _read_file(path)
    for override in overrides:
        name, equals, text = override.partition("=")
        if not equals:
            raise ParameterError(
                f"'{override}' sets no parameter; write it as KEY=VALUE"
            )
        values[name.strip()] = _parse_override(name.strip(), text)
    return check(values)


def check(values: Mapping[str, object]) -> dict[str, Value]:
    """Check names and values, and add the defaults of the parameters left out.

    Raises:
        ParameterError: A name is unknown, or a value is not allowed.
    """
    for name in values:
        find_parameter(name)
    return {
        name: parameter.check(values.get(name, parameter.default))
        for name, parameter in PARAMETERS.items()
    }


def find_parameter(name: str, known: Collection[str] = PARAMETERS.keys()) -> Parameter:
    """Return the parameter with a name.

    Args:
        name: The name.
        known: The names that are allowed here.

    Raises:
        ParameterError: The name is unknown; the message suggests the nearest one.
    """
    if name in known:
        return PARAMETERS[name]
    nearest = get_close_matches(name, known, n=1)
    guess = f"did you mean '{nearest[0]}'? " if nearest else ""
    raise ParameterError(
        f"parameter '{name}' is unknown; {guess}choose one of {', '.join(known)}"
    )


def _read_file(path: Path) -> dict[str, object]:
    candidates = [path, ROOT / path]
    try:
        file = next(candidate for candidate in candidates if candidate.is_file())
        content = _load(file.read_text())
    except StopIteration:
        raise ParameterError(
            f"there is no parameter file '{path}'; the project's files are in params/"
        ) from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ParameterError(f"cannot read '{path}': {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ParameterError(f"'{path}' has no keys; write them as 'engine: duckdb'")
    return {str(name): value for name, value in content.items()}


def _load(text: str) -> object:
    """Load YAML without references, which can stand for any number of values."""
    for token in yaml.scan(text):
        if isinstance(token, yaml.AliasToken):
            line = token.start_mark.line + 1
            raise ValueError(
                f"line {line} refers to another value by *{token.value}; write the "
                "value itself"
            )
    return yaml.safe_load(text)


def _parse_override(name: str, text: str) -> object:
    """Convert an override to its parameter's type; return it as text if that fails."""
    default = find_parameter(name).default
    if isinstance(default, int) and not isinstance(default, bool):
        try:
            return int(text)
        except ValueError:
            return text
    return text
