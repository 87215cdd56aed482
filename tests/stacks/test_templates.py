"""What holds for every template: sizes, partitions, and equality of both targets."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from stacks.asset import ROOT, Asset

Templates = Mapping[str, dict[str, Any]]
# CloudFormation takes a template of a million bytes from S3.
MAX_BYTES = 1_000_000
ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")


@pytest.mark.parametrize("placement", ["delegated", "in_management"])
def test_every_template_is_within_cloudformations_limits(placement: str, request: pytest.FixtureRequest) -> None:
    for template in request.getfixturevalue(placement).values():
        assert len(json.dumps(template, indent=1)) < MAX_BYTES
        assert len(template["Resources"]) < 500


def test_no_template_names_a_partition(
    delegated: Templates, in_management: Templates, member_template: dict[str, Any]
) -> None:
    for templates in (delegated, in_management, member_template):
        assert "arn:aws" not in json.dumps(dict(templates))


@pytest.mark.parametrize("folder", ["stacks", "lambda/rootwatch"])
def test_no_code_names_a_partition_but_to_recognise_any(folder: str) -> None:
    sources = sorted((ROOT / folder).rglob("*.py"))
    assert len(sources) > 20
    named = [f"{path.name}: {line}" for path in sources for line in path.read_text("utf-8").splitlines()]
    assert [line for line in named if re.search(r"\barn:aws(?!\[a-z-\]\*|-[a-z-]+:\"\))", line)] == []


def test_both_targets_make_the_same_templates_but_for_the_hash_of_the_asset(
    delegated: Templates, synthesize: Callable[..., Templates], deploy_asset: Asset, local_asset: Asset
) -> None:
    assert deploy_asset.hash != local_asset.hash
    deploy, local = json.dumps(dict(delegated)), json.dumps(dict(synthesize(local_asset)))
    assert deploy != local
    assert ASSET_HASH.sub("", deploy) == ASSET_HASH.sub("", local)
    assert len(set(ASSET_HASH.findall(deploy))) == 1
