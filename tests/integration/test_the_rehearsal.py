"""``rootwatch test-alert`` against the deployed organisation: every channel gets it, marked, and real alerts go on."""

import json
import os
import subprocess
import sys

import pytest

from rootwatch_local.receivers import Fault
from rootwatch_local.world import HUB, HUB_REGION, PAYMENTS
from tests.support.live import call_now

pytestmark = pytest.mark.embedded

ROOTWATCH = [sys.executable, "-c", "from rootwatch_cli.main import main; main()"]


@pytest.fixture
def rehearse(world, tmp_path):
    """The command as a colleague in the hub account runs it."""
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(world.settings))

    def run(*arguments, account=HUB.id):
        return subprocess.run(
            [*ROOTWATCH, "test-alert", *arguments, "--settings", str(settings)],
            env={**world.aws.environment(account, HUB_REGION), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
            stdin=subprocess.DEVNULL,
        )

    return run


def test_every_channel_gets_it_marked_and_pagerduty_resolves_it(world, rehearse):
    pages = {alert.dedup_key for alert in world.receivers.pagerduty.alerts}
    done = rehearse()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every channel took it" in done.stdout
    [alert] = [one for one in world.receivers.pagerduty.alerts if one.dedup_key not in pages]
    assert alert.summary.startswith("REHEARSAL: ")
    assert (alert.severity, alert.status) == ("info", "resolved")
    assert any("REHEARSAL: " in message.text for message in world.receivers.slack.messages)
    assert any(mail.subject.startswith("REHEARSAL: ") for mail in world.receivers.mailbox.mails)
    assert world.receivers.refused == ()


def test_one_channel_alone_can_be_asked_for(world, rehearse):
    before = len(world.receivers.pagerduty.alerts)
    done = rehearse("--channel", "slack")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Slack" in done.stdout
    assert "PagerDuty" not in done.stdout
    assert len(world.receivers.pagerduty.alerts) == before


def test_a_channel_that_is_down_fails_the_rehearsal_and_is_named(world, rehearse):
    world.receivers.slack.fail(Fault("down"))
    try:
        done = rehearse("--wait", "8")
    finally:
        world.receivers.slack.heal()
    assert done.returncode == 1
    assert "Slack      not yet" in done.stdout
    assert "2 of 3 channels took it." in done.stdout


def test_a_member_can_ask_for_none_and_its_root_use_is_told_however_it_calls_itself(world, rehearse):
    done = rehearse(account=PAYMENTS.id)
    assert done.returncode == 2
    assert HUB.id in done.stderr
    request = {"rootwatch_rehearsal": {"nonce": "0a1b2c3d4e5f", "step": "alert"}}
    record = {**call_now("CreateUser", PAYMENTS.id, "us-east-1", requestParameters=request), **request}
    world.emit(PAYMENTS.id, "us-east-1", record)
    assert world.wait_until_taken(record["eventID"]) in ("opened", "escalated", "folded")
