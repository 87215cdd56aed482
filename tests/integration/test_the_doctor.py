"""``rootwatch doctor`` against the deployed organisation: what is well is said to be well, and what is not is found."""

import json
import os
import subprocess
import sys

import pytest

from rootwatch_local.world import HUB, HUB_REGION, MANAGEMENT, ORGANISATION, PAYMENTS, REGIONS

pytestmark = pytest.mark.embedded


@pytest.fixture
def rootwatch(world, tmp_path):
    """The command, with the credentials of an account."""
    settings = tmp_path / "settings.json"

    def run(*arguments, account=HUB.id, **changes):
        settings.write_text(json.dumps({**world.settings, **changes}))
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from rootwatch_cli.main import main; main()",
                *arguments,
                "--settings",
                str(settings),
            ],
            env={
                **world.aws.environment(account, HUB_REGION),
                "PYTHONPATH": os.pathsep.join(sys.path),
                "COLUMNS": "100",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def findings(done, state=None):
    return [one for one in json.loads(done.stdout)["findings"] if state in (None, one["state"])]


def test_the_preflight_sees_the_organisation_as_it_is(rootwatch):
    done = rootwatch("doctor", "--preflight", "--format", "json", account=MANAGEMENT.id)
    said = [one["says"] for one in findings(done, "ok")]
    assert any(MANAGEMENT.id in one for one in said)
    assert any("come under watch" in one for one in said)
    assert any("securityhub.amazonaws.com" in one for one in said)


def test_the_preflight_with_credentials_of_a_member_fails(rootwatch):
    done = rootwatch("doctor", "--preflight", account=PAYMENTS.id)
    assert done.returncode == 1
    assert f"not of the management account {MANAGEMENT.id}" in " ".join(done.stdout.split())


def test_the_doctor_looks_at_the_hub(rootwatch):
    done = rootwatch("doctor", "--format", "json")
    said = [one["says"] for one in findings(done, "ok")]
    assert "rootwatch-monitor reads its queue." in said
    assert any("bus takes in everything" in one for one in said)
    assert any("The secret rootwatch/slack" in one for one in said)
    assert "xoxb" not in done.stdout


def test_places_that_answered_their_canaries_are_fast(world, rootwatch):
    answer = world.aws.client("lambda", HUB.id, HUB_REGION).invoke(FunctionName="rootwatch-coverage")
    assert "FunctionError" not in answer, answer["Payload"].read()
    read = {}

    def some_are_fast():
        read.update(json.loads(rootwatch("doctor", "--all", "--format", "json").stdout))
        return any(one["state"] == "fast" for one in read["places"])

    world.wait_for(some_are_fast, "no canary was heard", 90)
    assert {(one["account"], one["region"]) for one in read["places"]} == {
        (account.id, region) for account in ORGANISATION.accounts for region in REGIONS
    }
    fast = [one for one in read["places"] if one["state"] == "fast"]
    assert all(one["heard_at"] for one in fast)
    assert f"{len(read['places'])} places in 5 accounts: {len(fast)} fast" in read["findings"][0]["says"]


def test_a_message_that_a_channel_took_is_the_last_one_that_the_doctor_knows(rootwatch):
    rehearsed = rootwatch("test-alert", "--channel", "slack")
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    said = [one["says"] for one in findings(rootwatch("doctor", "--format", "json"), "ok")]
    assert any(one.startswith("Slack took the last message at ") for one in said)


def test_a_reader_that_somebody_switched_off_is_found(world, rootwatch):
    functions = world.aws.client("lambda", HUB.id, HUB_REGION)
    [mapping] = functions.list_event_source_mappings(FunctionName="rootwatch-backstop")["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        done = rootwatch("doctor", "--format", "json")
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    assert done.returncode == 1
    assert any("rootwatch-backstop does not read its queue" in one["says"] for one in findings(done, "fail"))


def test_subscriptions_are_listed_with_how_each_was_confirmed(rootwatch):
    done = rootwatch("subscribe")
    assert "security@example.com" in done.stdout


def test_the_doctor_of_another_account_says_whose_credentials_it_wants(rootwatch):
    done = rootwatch("doctor", account=PAYMENTS.id)
    assert done.returncode == 2
    assert HUB.id in done.stderr
