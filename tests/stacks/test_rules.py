"""Every deployed rule, as the templates have it, against the records in tests/fixtures/patterns: heard or not.

A rule is its pattern and its state: one that is merely ENABLED never gets a read-only call. The matcher and the states
are the embedded AWS's; its matcher has been compared with AWS's own.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ministack.services import eventbridge

from rootwatch_local.embedded.patches.events import _hears
from stacks import patterns

Templates = Mapping[str, dict[str, Any]]
Rule = Mapping[str, Any]

FOLDER = Path(__file__).parents[1] / "fixtures" / "patterns"
CASES = {path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in FOLDER.iterdir()}
IN_EACH = 60
NAMES = {
    "root-use": "rootwatch-root-use",
    "watch-events": "rootwatch-watch-events",
    "tampering": "rootwatch-tampering",
    "hub": "rootwatch-records",
    "log-files": "rootwatch-log-files",
}


def rules(template: Mapping[str, Any]) -> dict[str, Rule]:
    """A template's rules by name."""
    found = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::Events::Rule"]
    return {rule["Name"]: rule for rule in found}


@pytest.fixture(scope="module")
def deployed(delegated: Templates, member_template: dict[str, Any]) -> dict[str, Rule]:
    """Every rule that is deployed, by name."""
    return {**rules(delegated["rootwatch-hub"]), **rules(member_template)}


def heard(rule: Rule, event: Mapping[str, Any]) -> bool:
    """Whether the rule gets the event and lets it through."""
    view = eventbridge._pattern_event_view(
        {
            "EventId": "7bf73129-1428-4cd3-a780-95db273d1602",
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
            "Account": event["account"],
            "Region": event["region"],
            "Time": "2026-11-24T10:00:00Z",
            "Resources": [],
        }
    )
    matches = eventbridge._matches_pattern_view(patterns.text(rule["EventPattern"]), view, rule["Name"])
    return bool(matches) and _hears(rule["State"], view)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_hears_what_it_must_and_nothing_else(name: str, deployed: dict[str, Rule]) -> None:
    wrong = [case["why"] for case in CASES[name] if heard(deployed[NAMES[name]], case["event"]) != case["match"]]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_there_are_sixty_of_each_kind_all_different_and_each_says_why(name: str) -> None:
    cases = CASES[name]
    for match in (True, False):
        assert sum(case["match"] is match for case in cases) >= IN_EACH
    assert len({json.dumps(case["event"], sort_keys=True) for case in cases}) == len(cases)
    assert len({(case["match"], case["why"]) for case in cases}) == len(cases)


def test_every_deployed_rule_has_its_records(deployed: dict[str, Rule]) -> None:
    assert set(deployed) == set(NAMES.values())
    assert set(CASES) == set(NAMES)


def test_what_root_does_passes_the_rule_of_the_hub_too(deployed: dict[str, Rule]) -> None:
    must = [
        case["event"] for name in ("root-use", "watch-events", "tampering") for case in CASES[name] if case["match"]
    ]
    assert len(must) > 3 * IN_EACH
    assert [event for event in must if not heard(deployed["rootwatch-records"], event)] == []


@pytest.mark.parametrize("name", ["rootwatch-root-use", "rootwatch-records"])
def test_a_rule_that_is_merely_enabled_would_miss_what_root_reads(name: str, deployed: dict[str, Rule]) -> None:
    merely = {**deployed[name], "State": "ENABLED"}
    missed = [case for case in CASES["root-use"] if case["match"] and not heard(merely, case["event"])]
    assert len(missed) > 15
    assert all(case["event"]["detail"].get("readOnly") for case in missed)


def test_every_rule_for_records_is_in_the_state_that_hears_all_of_them(
    deployed: dict[str, Rule], in_management: Templates, foreign: Templates
) -> None:
    every = [
        *deployed.values(),
        *rules(in_management["rootwatch-hub"]).values(),
        *rules(foreign["rootwatch-hub"]).values(),
    ]
    for rule in every:
        of_s3 = rule["EventPattern"].get("detail-type") == ["Object Created"]
        assert rule["State"] == ("ENABLED" if of_s3 else "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
        assert len(patterns.text(rule["EventPattern"])) <= patterns.MAX_CHARACTERS
