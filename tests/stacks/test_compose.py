"""Which stacks there are, in which order, what is warned of, and in which partitions."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rootwatch.core.settings_json import SettingsError
from stacks.asset import Asset

Templates = Mapping[str, dict[str, Any]]

NO_SECOND_PATH = "there is no second path"
IN_MANAGEMENT = "The hub is in the management account"
NO_SWITCH = "Without rootwatch.heartbeat"
NOBODY_HEARS = "Nobody hears of alarms"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"trail": None}, [NO_SECOND_PATH]),
        ({"heartbeat": None}, [NO_SWITCH]),
        ({"hub_account": "111122223333"}, [IN_MANAGEMENT]),
        ({"operations": None}, []),
        ({"operations": None, "emails": []}, [NOBODY_HEARS]),
        ({"operations": {"pagerduty_secret": "rootwatch/operations"}, "emails": []}, []),
    ],
    ids=[
        "all is well",
        "no trail",
        "no switch",
        "hub in management",
        "alerts' people hear alarms",
        "nobody",
        "PagerDuty hears",
    ],
)
def test_what_is_lost_is_warned_of(
    changes: dict[str, object], expected: list[str], warnings: Callable[..., list[str]]
) -> None:
    said = warnings(**changes)
    assert len(said) == len(expected)
    for sentence, part in zip(said, expected, strict=True):
        assert part in sentence


def test_what_stands_in_the_way_of_a_deployment_is_one_sentence(warnings: Callable[..., list[str]]) -> None:
    with pytest.raises(SettingsError, match=r"^rootwatch\.regions is without us-east-2 and us-west-2: "):
        warnings(regions=["us-east-1", "eu-central-1"])


def test_a_hub_outside_of_the_watched_units_is_deployed_to_too(foreign: Templates, delegated: Templates) -> None:
    sets = stack_sets(foreign)
    own = sets["rootwatch-hub-member"]
    assert own["AutoDeployment"] == {"Enabled": False}
    (group,) = own["StackInstancesGroup"]
    assert group["DeploymentTargets"] == {
        "OrganizationalUnitIds": ["ou-a1b2-22222222"],
        "Accounts": ["444455556666"],
        "AccountFilterType": "INTERSECTION",
    }
    for key in ("TemplateBody", "Parameters", "OperationPreferences", "PermissionModel", "Capabilities"):
        assert own[key] == sets["rootwatch-members"][key]
    assert "rootwatch-hub-member" not in stack_sets(delegated)


def stack_sets(templates: Templates) -> dict[str, dict[str, Any]]:
    resources = templates["rootwatch-management"]["Resources"].values()
    found = [r["Properties"] for r in resources if r["Type"] == "AWS::CloudFormation::StackSet"]
    return {stack_set["StackSetName"]: stack_set for stack_set in found}


@pytest.mark.parametrize(
    ("regions", "archive"),
    [
        (["us-gov-west-1", "us-gov-east-1"], "us-gov-east-1"),
        (["cn-north-1", "cn-northwest-1"], "cn-northwest-1"),
        (["eusc-de-east-1"], "eusc-de-east-1"),
    ],
)
@pytest.mark.parametrize("own", [True, False], ids=["own trail", "existing trail"])
def test_other_partitions_have_no_sign_in_regions_and_no_arn_of_aws(
    regions: list[str], archive: str, own: bool, synthesize: Callable[..., Templates], deploy_asset: Asset
) -> None:
    existing = {"bucket": "example-logs", "bucket_account": "777788889999", "bucket_region": archive}
    templates = synthesize(
        deploy_asset, regions=regions, hub_region=regions[0], trail={"create": True} if own else existing
    )
    assert "arn:aws" not in json.dumps(dict(templates))


def test_no_source_of_a_stack_names_a_partition(repository: Path) -> None:
    sources = sorted((repository / "stacks").glob("*.py"))
    assert len(sources) > 20
    for source in sources:
        assert "arn:aws" not in source.read_text(), source.name
