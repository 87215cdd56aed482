"""The command in a real alert, carried out call by call: it finds the policy that was deployed, and attaches it."""

import json
import shlex

import jmespath
import pytest

from rootwatch.render.containment import QUARANTINE_POLICY
from rootwatch_local.world import HUB_REGION, MANAGEMENT, PAYMENTS, PROJECT
from tests.support.guide import blocks
from tests.support.live import sign_in_now

pytestmark = pytest.mark.embedded


def test_the_command_in_the_alert_attaches_the_quarantine_that_was_deployed(world):
    world.emit(PAYMENTS.id, "us-east-1", record := sign_in_now(PAYMENTS.id, mfa="No"))
    world.wait_until_taken(record["eventID"])
    world.wait_until_drained()
    alert = next(
        one for one in world.receivers.pagerduty.alerts if one.source == PAYMENTS.id and "Contain" in one.details
    )
    words = shlex.split(alert.details["Contain"])
    organizations = world.aws.client("organizations", MANAGEMENT.id, HUB_REGION)
    policies = organizations.list_policies(Filter=words[words.index("--filter") + 1])
    [policy] = jmespath.search(words[words.index("--query") + 1], policies)
    assert organizations.list_targets_for_policy(PolicyId=policy)["Targets"] == []
    target = words[words.index("--target-id") + 1]
    organizations.attach_policy(PolicyId=policy, TargetId=target)
    [attached] = organizations.list_targets_for_policy(PolicyId=policy)["Targets"]
    organizations.detach_policy(PolicyId=policy, TargetId=target)
    assert attached["TargetId"] == PAYMENTS.id
    content = json.loads(organizations.describe_policy(PolicyId=policy)["Policy"]["Content"])
    assert content["Statement"][0]["Condition"]["ArnLike"] == {"aws:PrincipalArn": "arn:*:iam::*:root"}


def test_the_guide_s_command_frees_the_name_for_another_deployment_and_the_lock_holds(world):
    [block] = [one.body for one in blocks((PROJECT / "docs/deploy.md").read_text()) if "update-policy" in one.body]
    words = shlex.split(block)
    renamed, inner = words[words.index("--name") + 1], words[words.index("--query") + 1]
    organizations = world.aws.client("organizations", MANAGEMENT.id, HUB_REGION)
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")
    [policy] = jmespath.search(inner, policies)
    content = organizations.describe_policy(PolicyId=policy)["Policy"]["Content"]
    again = {"Name": QUARANTINE_POLICY, "Content": content, "Description": "", "Type": "SERVICE_CONTROL_POLICY"}
    with pytest.raises(organizations.exceptions.DuplicatePolicyException):
        organizations.create_policy(**again)
    organizations.attach_policy(PolicyId=policy, TargetId=PAYMENTS.id)
    organizations.update_policy(PolicyId=policy, Name=renamed)
    second = organizations.create_policy(**again)["Policy"]["PolicySummary"]["Id"]
    assert [one["TargetId"] for one in organizations.list_targets_for_policy(PolicyId=policy)["Targets"]] == [
        PAYMENTS.id
    ]
    organizations.delete_policy(PolicyId=second)
    organizations.detach_policy(PolicyId=policy, TargetId=PAYMENTS.id)
    organizations.update_policy(PolicyId=policy, Name=QUARANTINE_POLICY)
