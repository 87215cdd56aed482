"""The command in a real alert, carried out call by call: it finds the policy that was deployed, and attaches it."""

import json
import shlex

import jmespath
import pytest

from rootwatch_local.world import HUB_REGION, MANAGEMENT, PAYMENTS
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
