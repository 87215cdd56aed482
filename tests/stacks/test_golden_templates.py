"""The templates as they were last read and found good: what a change does to them stands in the change.

The hash of the asset is masked. ``UPDATE_GOLDEN=1`` writes them anew.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.stacks.placements import PLACEMENTS
from tests.unit.render.golden import GOLDEN, check

Templates = Mapping[str, dict[str, Any]]
ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")


def written(template: Mapping[str, Any]) -> str:
    """Sorted, so that a difference is one of content; texts of several lines stay as they are."""
    return ASSET_HASH.sub("<asset>", json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False)) + "\n"


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_templates_are_those_that_were_read(placement: str, request: pytest.FixtureRequest) -> None:
    templates: Templates = request.getfixturevalue(placement)
    for name, template in templates.items():
        check(f"templates/{placement}", f"{name}.json", written(readable(template)))
    kept = {path.stem for path in (GOLDEN / "templates" / placement).iterdir()}
    assert kept == set(templates)


def test_what_a_stack_set_brings_to_a_member_is_what_was_read(member_template: dict[str, Any]) -> None:
    check("templates", "rootwatch-member.json", written(member_template))


def test_no_hash_of_an_asset_is_left_in_them() -> None:
    for path in (GOLDEN / "templates").rglob("*.json"):
        assert not ASSET_HASH.search(path.read_text("utf-8")), path


def readable(template: Mapping[str, Any]) -> dict[str, Any]:
    """A StackSet's inlined template has a file of its own, and is named here."""
    resources = {name: dict(resource) for name, resource in template["Resources"].items()}
    for resource in resources.values():
        if resource["Type"] == "AWS::CloudFormation::StackSet":
            resource["Properties"] = {**resource["Properties"], "TemplateBody": "<rootwatch-member.json>"}
    return {**template, "Resources": resources}
