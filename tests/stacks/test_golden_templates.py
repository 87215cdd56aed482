"""The templates as they were last read and found good: what a change does to them stands in the change.

``UPDATE_GOLDEN=1`` writes them anew. They are written to be read: sorted, the hash of the asset masked, and references
inside of their text, as Fn::Sub would have them.
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


def plain(node: Any) -> Any:
    """References as text; a StackSet's inlined template, which has a file of its own, is only named."""
    match node:
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(str(plain(part)) for part in parts)
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Select": [int(number), {"Fn::Split": [":", whole]}]}:
            return f"<field {number} of {plain(whole)}>"
        case dict():
            return {
                key: "<rootwatch-member.json>" if key == "TemplateBody" else plain(below) for key, below in node.items()
            }
        case list():
            return [plain(below) for below in node]
    return node


def written(template: Mapping[str, Any]) -> str:
    """The text of a golden file."""
    text = json.dumps(plain(template), indent=1, sort_keys=True, ensure_ascii=False)
    return ASSET_HASH.sub("<asset>", text) + "\n"


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_templates_are_those_that_were_read(placement: str, request: pytest.FixtureRequest) -> None:
    templates: Templates = request.getfixturevalue(placement)
    for name, template in templates.items():
        check(f"templates/{placement}", f"{name}.json", written(template))
    kept = {path.stem for path in (GOLDEN / "templates" / placement).iterdir()}
    assert kept == set(templates)


def test_what_a_stack_set_brings_to_a_member_is_what_was_read(member_template: dict[str, Any]) -> None:
    check("templates", "rootwatch-member.json", written(member_template))


def test_no_hash_of_an_asset_and_no_member_s_template_is_left_in_them() -> None:
    files = list((GOLDEN / "templates").rglob("*.json"))
    assert len(files) >= len(PLACEMENTS) * 2 + 1
    for path in files:
        text = path.read_text("utf-8")
        assert not ASSET_HASH.search(text), path
        assert "ForwardingRole" not in text or path.name == "rootwatch-member.json"


def test_two_references_are_not_read_as_the_same() -> None:
    joined = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Fn::GetAtt": ["Logs", "Arn"]}]]}
    assert plain([joined, {"Ref": "Logs"}]) == ["arn:${AWS::Partition}:s3:::${Logs.Arn}", "${Logs}"]
