"""The AWS settings take known parameters with allowed values only."""

import re
from dataclasses import fields

import pytest

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
