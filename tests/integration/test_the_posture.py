"""On a deployed organisation: every account is looked at by its own role, and what became worse with root is paged."""

import json
import os
import subprocess
import sys

import pytest

from rootwatch_local.world import HUB, HUB_REGION, MANAGEMENT, ORGANISATION, PAYMENTS, SANDBOX, World
from tests.support.posture_live import accounts, next_day, run

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def world():
    """Deployed, with MFA somewhere in the payments account: the embedded IAM then says that its root has it."""
    with World() as deployed:
        iam = deployed.aws.client("iam", PAYMENTS.id, HUB_REGION)
        iam.create_user(UserName="ana")
        serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="ana")["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(
            UserName="ana", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
        )
        deployed.serial = serial
        iam.create_account_alias(AccountAlias="example-payments")
        # One account is without our role.
        sandbox = deployed.aws.client("iam", SANDBOX.id, HUB_REGION)
        sandbox.delete_role_policy(RoleName="rootwatch-posture-reader", PolicyName="read")
        sandbox.delete_role(RoleName="rootwatch-posture-reader")
        yield deployed


def test_one_round_looks_at_every_account_by_its_own_role(world):
    assert run(world) == {"looked": len(ORGANISATION.accounts), "left": 0}
    found = accounts(world)
    assert found.keys() == {account.id for account in ORGANISATION.accounts}
    looked = [one for number, one in found.items() if number != SANDBOX.id]
    assert {one["via"] for one in looked} == {"role"}
    assert all("mfa" in one["root"] and one["users"]["number"] >= 0 for one in looked)
    assert found[PAYMENTS.id]["root"]["mfa"] is True
    assert found[MANAGEMENT.id]["name"] == MANAGEMENT.name


def test_an_account_is_known_by_its_alias_from_the_first_look_on(world, tmp_path):
    assert {number: one.get("alias") for number, one in accounts(world).items()} == {
        **dict.fromkeys((account.id for account in ORGANISATION.accounts), ""),
        PAYMENTS.id: "example-payments",
        SANDBOX.id: None,
    }
    checked = command(world, tmp_path, "break-glass", "check", "Example-Payments")
    assert (checked.returncode, f"{PAYMENTS.name} ({PAYMENTS.id})" in checked.stdout) == (1, True), checked.stderr
    shown = command(world, tmp_path, "posture", "--account", "example-payments")
    assert f"{PAYMENTS.id}  {PAYMENTS.name}  alias example-payments  looked at" in shown.stdout
    none = command(world, tmp_path, "break-glass", "check", "example-nobody")
    assert (none.returncode, none.stderr.count("\n")) == (2, 1)


def test_an_account_without_our_role_is_unknown(world):
    assert "cannot be taken" in accounts(world)[SANDBOX.id]["unknown"]["account"]


def test_what_the_embedded_aws_lacks_is_unknown_and_not_fine(world):
    assert "security contact" in accounts(world)[PAYMENTS.id]["unknown"]


def test_the_day_s_round_is_done_once(world):
    assert run(world) == {"looked": 0, "left": 0}


def test_the_digest_goes_to_slack_and_sns_and_pages_nobody(world):
    world.sweep()
    world.receivers.wait_for(lambda seen: "below the line" in str(seen.slack.messages), timeout=120)
    assert world.receivers.pagerduty.alerts == ()


def test_mfa_that_disappears_pages_once(world):
    iam = world.aws.client("iam", PAYMENTS.id, HUB_REGION)
    iam.deactivate_mfa_device(UserName="ana", SerialNumber=world.serial)
    for _ in range(2):
        next_day(world)
        assert run(world)["looked"] == len(ORGANISATION.accounts)
    # By the sweep that the schedule starts.
    world.receivers.wait_for(lambda seen: seen.pagerduty.alerts, timeout=120)
    [alert] = world.receivers.pagerduty.alerts
    assert (alert.source, alert.triggers) == (PAYMENTS.id, 1)
    assert "root can sign in without MFA now" in alert.summary


def test_the_command_shows_what_the_function_found_and_ends_with_one(world, tmp_path):
    done = command(world, tmp_path, "posture", "--format", "jsonl")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["account"] for one in found} == {account.id for account in ORGANISATION.accounts}
    assert {one["state"] for one in found if one["account"] == SANDBOX.id} - {"unknown"} == set()
    assert done.returncode == 1


def test_the_command_looks_by_itself_where_nothing_is_stored(world, tmp_path):
    options = ("--live", "--account", MANAGEMENT.id, "--framework", "fsbp", "--format", "jsonl")
    done = command(world, tmp_path, "posture", *options, account=MANAGEMENT.id)
    found = {one["control"]: one["state"] for one in map(json.loads, done.stdout.splitlines())}
    assert found["IAM.4"] == "holds"
    assert found["IAM.5"] == "holds"
    assert found["Account.1"] == "unknown"


def command(world, folder, *arguments, account=HUB.id):
    """The command as a person runs it, with the credentials of an account."""
    settings = folder / "settings.json"
    settings.write_text(json.dumps(world.settings))
    start = "from rootwatch_cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", start, *arguments, "--settings", str(settings)],
        env={**world.aws.environment(account, HUB_REGION), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done
