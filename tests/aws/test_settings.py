"""The AWS settings take known parameters with allowed values only."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from sparkify.aws.cloud import STATE, Cloud
from sparkify.aws.settings import Settings
from sparkify.errors import ParameterError
from sparkify.params import PARAMETERS


def test_what_is_not_given_has_the_default_of_its_parameter() -> None:
    found = Settings.of(region="eu-west-1")
    for field in fields(Settings):
        if field.name != "region":
            assert getattr(found, field.name) == PARAMETERS[field.name].default
    assert found.region == "eu-west-1"


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    message = "parameter 'regoin' is unknown; did you mean 'region'?"
    with pytest.raises(ParameterError, match=re.escape(message)):
        Settings.of(regoin="eu-west-1")


def test_a_parameter_of_another_step_is_refused() -> None:
    with pytest.raises(ParameterError, match="parameter 'engine' is unknown"):
        Settings.of(engine="emr")


def test_a_value_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(ParameterError, match="'nodes' must be from 1 to 128, not 0"):
        Settings.of(nodes=0)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("public", "every user of the database may see it and make tables there"),
        ("information_schema", "reserved for Redshift's own schemas"),
        ("pg_temp", "reserved for Redshift's own schemas"),
        *((name, "for Sparkify alone") for name in ("Mine", "a-b", 'a"b', "9")),
    ],
)
def test_a_schema_of_others_or_of_the_system_is_refused_with_the_reason(
    schema: str, reason: str
) -> None:
    said = f"parameter 'schema' cannot be '{schema}': .*{reason}.*; write it like spark"
    with pytest.raises(ParameterError, match=said):
        Settings.of(schema=schema)
    assert Settings.of(schema="public_data").schema == "public_data"


@pytest.mark.parametrize("address", ["me", "a@b", "a b@c.org", "a@b@c.org"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ParameterError, match=r"write it like you@example\.org"):
        Settings.of(budget_email=address)


def test_a_state_of_an_earlier_version_gets_the_defaults_of_new_settings(
    tmp_path: Path,
) -> None:
    names = [field.name for field in fields(Cloud) if field.name != "settings"]
    state = {**dict.fromkeys(names, ""), "settings": {"region": "eu-west-1"}}
    (tmp_path / STATE).write_text(json.dumps(state))
    found = Cloud.load(tmp_path).settings
    assert found == Settings.of(region="eu-west-1")
