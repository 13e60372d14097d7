"""The commands of the first day on AWS are there, and ask the region that they mean."""

import re
from pathlib import Path

import pytest

from sparkify.cli import app
from sparkify.documentation.__main__ import FIRST_DAY
from sparkify.params import PARAMETERS
from sparkify.project import ROOT

# What has one endpoint for all regions, and what makes no request.
WITHOUT_REGION = {"iam", "configure"}


def test_each_command_of_the_first_day_is_one_that_there_is() -> None:
    text = FIRST_DAY.read_text()
    given = re.findall(r"`sparkify (\w+)", text)
    assert {"provision", "run", "query", "teardown"} <= set(given)
    known = {
        each.callback.__name__ for each in app.registered_commands if each.callback
    }
    assert set(given) <= known
    for name in re.findall(r"-p (\w+)[= ]", text):
        assert name in PARAMETERS


@pytest.mark.parametrize("page", [FIRST_DAY, ROOT / "docs" / "verify-on-aws.md"])
def test_a_command_of_the_aws_cli_names_its_region(page: Path) -> None:
    given = re.findall(r"`aws (([\w-]+)[^`]*)`", page.read_text())
    assert given
    default = PARAMETERS["region"].default
    for command, service in given:
        if service not in WITHOUT_REGION:
            assert command.endswith(f" --region {default}"), command
