"""cfn-lint over every template, as a schema and as good sense have it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from tests.stacks.placements import PLACEMENTS

Templates = Mapping[str, dict[str, Any]]

# Rules that are not asked, and why.
NOT_ASKED = {
    "W3005": "CDK writes down dependencies that a reference brings with it anyway: superfluous, and no harm",
}
REGIONS = ["us-east-1", "eu-central-1"]


def complaints(template: Mapping[str, Any]) -> list[str]:
    asked = ManualArgs(regions=REGIONS, ignore_checks=list(NOT_ASKED))
    matches = lint(json.dumps(template), config=asked)
    return [f"{match.rule.id} {'/'.join(map(str, match.path))}: {match.message}" for match in matches]


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_cfn_lint_has_nothing_to_say_of_a_stack(placement: str, request: pytest.FixtureRequest) -> None:
    templates: Templates = request.getfixturevalue(placement)
    assert {name: complaints(template) for name, template in templates.items()} == {name: [] for name in templates}


def test_cfn_lint_has_nothing_to_say_of_what_a_stack_set_brings_to_a_member(member_template: dict[str, Any]) -> None:
    assert complaints(member_template) == []


def test_cfn_lint_would_say_something(member_template: dict[str, Any]) -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"State": "SLEEPING"}}
    assert complaints({**member_template, "Resources": {"Rule": rule}})
