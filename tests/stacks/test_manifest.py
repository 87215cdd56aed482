"""The manifest tells every name of the member's template; what it could not tell stops the synthesis with its place."""

import json
from collections import Counter
from typing import Any

import pytest

from rootwatch.core.comparison import from_json
from rootwatch.core.settings import Settings
from stacks import member
from stacks.context import read_settings
from stacks.hub_parts import of_template
from stacks.manifest import manifest
from stacks.plain import NotKnownError
from tests.stacks.placements import PLACEMENTS


@pytest.fixture(scope="module")
def settings(context: dict[str, Any]) -> Settings:
    return read_settings(context)


def with_role(monkeypatch: pytest.MonkeyPatch, description: object) -> None:
    """The member's template as it is, but for one more role with this as its policy's resource."""
    template = json.loads(member.template())
    role = {
        "RoleName": "rootwatch-another",
        "AssumeRolePolicyDocument": {"Statement": []},
        "Policies": [{"PolicyName": "own", "PolicyDocument": {"Statement": [{"Resource": description}]}}],
    }
    template["Resources"]["Another"] = {"Type": "AWS::IAM::Role", "Properties": role}
    monkeypatch.setattr(member, "template", lambda: json.dumps(template))


def resource_of(settings: Settings) -> object:
    [role] = [role for role in manifest(settings).roles if role.name == "rootwatch-another"]
    return role.policies["own"]["Statement"][0]["Resource"]


def test_the_manifest_holds_no_function_of_cloudformation(settings: Settings) -> None:
    for role in manifest(settings).roles:
        text = json.dumps([role.trust, dict(role.policies)])
        assert "Fn::" not in text
        assert '"Ref"' not in text


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x"}, "arn:aws:iam::{account}:role/x"),
        ({"Fn::Sub": "${HubBusArn}"}, "HUB"),
        ({"Fn::Sub": ["${Name}-${AWS::Partition}", {"Name": {"Ref": "AWS::AccountId"}}]}, "{account}-aws"),
        ({"Fn::Sub": "${!Literal} stays"}, "${Literal} stays"),
        ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
        ({"Fn::Join": ["/", [{"Ref": "AWS::Partition"}, "x"]]}, "aws/x"),
    ],
)
def test_functions_whose_values_are_known_are_told(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, written: object, told: str
) -> None:
    with_role(monkeypatch, written)
    hub = f"arn:aws:events:{settings.hub_region}:{settings.hub_account}:event-bus/rootwatch"
    assert resource_of(settings) == (hub if told == "HUB" else told)


PLACE = r"the member's template, Another\.Policies\.0\.PolicyDocument\.Statement\.0\.Resource"


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ({"Fn::GetAtt": ["Other", "Arn"]}, r"Fn::GetAtt of Other\.Arn"),
        ({"Fn::GetAtt": "Other.Arn"}, r"Fn::GetAtt of Other\.Arn"),
        ({"Fn::ImportValue": "other"}, "Fn::ImportValue"),
        ({"Fn::If": ["IsHomeRegion", "a", "b"]}, "Fn::If"),
        ({"Fn::Base64": "x"}, "Fn::Base64"),
        ({"Fn::Sub": "${Other.Arn}"}, r"Fn::Sub of Other\.Arn"),
        ({"Fn::Sub": ["${Name}", {"Name": {"Fn::GetAtt": ["Other", "Arn"]}}]}, r"Fn::GetAtt of Other\.Arn"),
        ({"Fn::Sub": 5}, "Fn::Sub"),
        ({"Ref": "Other"}, "Ref of Other"),
        ({"Ref": ["Other"]}, "Ref of .*"),
        ({"Fn::Join": ["", {"Ref": "AWS::Partition"}]}, "Fn::Join"),
        ({"Fn::Select": [7, ["a"]]}, "Fn::Select"),
        ({"Fn::Select": [0, "text"]}, "Fn::Select"),
        ({"Fn::Split": [",", ["a"]]}, "Fn::Split"),
    ],
)
def test_a_function_whose_value_is_not_known_is_named_with_its_place(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, written: object, named: str
) -> None:
    with_role(monkeypatch, written)
    with pytest.raises(NotKnownError, match=rf"^{PLACE}.*: {named} has no value that is known before it is deployed$"):
        manifest(settings)


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_hub_s_parts_are_those_of_the_template_that_is_deployed(
    placement: str, context: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    changed = read_settings({"rootwatch": {**context["rootwatch"], **PLACEMENTS[placement]}})
    template = request.getfixturevalue(placement)["rootwatch-hub"]
    parts = manifest(changed).hub
    assert parts == of_template(template, changed)
    kinds = Counter(one["Type"] for one in template["Resources"].values())
    assert Counter(part.kind for part in parts) == {
        "function": kinds["AWS::Lambda::Function"],
        "hub rule": kinds["AWS::Events::Rule"],
        "queue": kinds["AWS::SQS::Queue"],
        "schedule": kinds["AWS::Scheduler::Schedule"],
        "table": 1,
    }


def test_the_manifest_of_the_hub_is_read_back_equal(settings: Settings) -> None:
    whole = manifest(settings)
    assert from_json(whole.to_json()) == whole


def test_it_names_the_queue_that_the_rule_fills_by_the_arn_that_it_will_have(settings: Settings) -> None:
    parts = {part.what: part for part in manifest(settings).hub}
    at = f"{settings.hub_region}:{settings.hub_account}"
    rule, queue = parts["hub rule:rootwatch-records"], parts["queue:rootwatch-records"]
    assert rule.bus == "rootwatch"
    assert [target["Arn"] for target in rule.settings["target"]] == [f"arn:aws:sqs:{at}:rootwatch-records"]
    assert f"arn:aws:events:{at}:rule/rootwatch/rootwatch-records" in json.dumps(queue.settings["policy"])
    assert queue.settings["encryption"] == "SQS"
    assert parts["schedule:rootwatch-sweep"].settings["rate"] == "rate(1 minute)"
    monitor = parts["function:rootwatch-monitor"].settings
    assert (monitor["code package"], monitor["timeout"], monitor["network"]) == ("{code}", 30, False)
    assert (monitor["variable TABLE_NAME"], monitor["variable LOG_LEVEL"]) == ("{table}", "INFO")
    table = parts["table:{table}"].settings
    assert (table["deletion protection"], table["point-in-time recovery"], table["time to live"]) == (
        True,
        True,
        "expires",
    )
