"""The settings come from cdk.json, can be changed on the command line, and are refused in one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rootwatch.core.sections import Trail
from rootwatch.core.settings_json import SettingsError
from stacks.context import read_settings, read_target


def test_the_repositorys_own_settings_are_valid(context: dict[str, Any]) -> None:
    settings = read_settings(context)
    assert (settings.management_account, settings.hub_account) == ("111122223333", "444455556666")


def test_the_whole_object_can_be_given_as_json_text(context: dict[str, Any]) -> None:
    assert read_settings({"rootwatch": json.dumps(context["rootwatch"])}) == read_settings(context)


EXISTING = Trail(bucket="example-logs", bucket_account="777788889999", bucket_region="us-east-2")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("slack.channel", "C0999999999", "C0999999999"),
        ("incident_gap_minutes", "45", 45),
        ("hub_account", "111122223333", "111122223333"),
        ("emails", '["soc@example.com"]', ("soc@example.com",)),
        ("pagerduty", "null", None),
        ("trail.create", "true", True),
        ("trail.retention_days", "731", 731),
        ("operations.emails", '["ops@example.com"]', ("ops@example.com",)),
        ("trail", '{"bucket":"example-logs","bucket_account":"777788889999","bucket_region":"us-east-2"}', EXISTING),
    ],
)
def test_one_key_can_be_given_on_the_command_line(context: dict[str, Any], key: str, text: str, value: object) -> None:
    found: object = read_settings({**context, f"rootwatch.{key}": text})
    for name in key.split("."):
        found = getattr(found, name)
    assert found == value


def test_an_override_leaves_the_rest_as_it_was(context: dict[str, Any]) -> None:
    settings = read_settings({**context, "rootwatch.slack.channel": "C0999999999"})
    assert settings.slack is not None
    assert settings.slack.secret == "rootwatch/slack"


@pytest.mark.parametrize("text", ["{", "[1,"])
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="rootwatch is not JSON"):
        read_settings({"rootwatch": text})


def test_missing_settings_are_refused() -> None:
    with pytest.raises(SettingsError, match="the context key rootwatch"):
        read_settings({})


def test_the_target_is_deploy_unless_told() -> None:
    assert read_target({}) == "deploy"
    assert read_target({"target": "local"}) == "local"
    with pytest.raises(SettingsError, match="write deploy or local"):
        read_target({"target": "lcoal"})


def test_wrong_settings_end_the_synthesis_with_one_sentence_and_exit_code_2(
    context: dict[str, Any], repository: Path, tmp_path: Path
) -> None:
    wrong = {**context, "rootwatch": {**context["rootwatch"], "hub_account": "4444"}}
    environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(wrong), "CDK_OUTDIR": str(tmp_path / "cdk.out")}
    answer = subprocess.run(
        [sys.executable, "app.py"], cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    # What comes before is jsii's word on the version of Node.
    *_, said = answer.stderr.strip().splitlines()
    assert said == "rootwatch.hub_account is not valid: write an account id of 12 digits in quotes."
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "cdk.out" / "manifest.json").exists()
