"""The commands of the pages, typed at a terminal by people of a deployed organisation; what comes is what is shown."""

import json
import os
import shlex
import sys
from datetime import UTC, datetime

import pytest

from rootwatch.edge import items
from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, PROJECT, SANDBOX
from tests.support import ninety_days
from tests.support.colleagues import colleagues
from tests.support.guide import Terminal
from tests.support.live import call_now, sign_in_now
from tests.support.posture_live import run as look_at_credentials
from tests.support.shown import commands, unlike
from tests.support.shown_runs import DEPLOYED, STORY, Run
from tests.support.worlds import forget, no_window

pytestmark = pytest.mark.embedded

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
# What a generated part shows is a golden sample of another organisation: its own test compares it.
SHOWN = [one for page in PAGES for one in commands(page, page.name) if one.output and not one.generated]
LINK = "https://sns.eu-central-1.amazonaws.com/confirmation.html?TopicArn=x&Token=" + "0a1b2c3d" * 8


class Desk:
    """A folder with the settings, and a terminal for each of those who work at it."""

    def __init__(self, world, folder):
        self.world = world
        (folder / "settings.json").write_text(json.dumps(world.settings))
        (folder / "cdk.json").write_text(json.dumps({"context": {"rootwatch": world.settings}}))
        (folder / ".venv").symlink_to(sys.prefix)
        self.ana, self.ben = colleagues(world, folder / "settings.json")
        profiles = folder / "profiles"
        environment = world.aws.environment(HUB.id, HUB_REGION)
        profiles.write_text(
            "".join(
                f"[profile {name}]\nregion = {HUB_REGION}\naws_access_key_id = {account.id}\n"
                f"aws_secret_access_key = {environment['AWS_SECRET_ACCESS_KEY']}\n"
                for name, account in (("management", MANAGEMENT), ("hub", HUB))
            )
        )
        ours = {
            "AWS_CONFIG_FILE": str(profiles),
            "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
            "COLUMNS": "400",
        }
        self.terminals = {
            who: Terminal(
                folder,
                {**os.environ, **its, **ours},
                answers=((r"\[Y/n\]:", lambda: "y"), ("Paste it here:", lambda: LINK)),
                seconds=120,
            )
            for who, its in {
                "hub": environment,
                "management": world.aws.environment(MANAGEMENT.id, HUB_REGION),
                "ana": self.ana.environment,
                "ben": self.ben.environment,
            }.items()
        }

    def runs(self, run: Run, typed: str = "") -> str:
        """Types it, or ``typed`` in its place, and compares with what the pages show of it."""
        code, said = self.terminals[run.who].type(typed or run.command)
        assert code in run.codes, f"{run.command}\nended with {code}:\n{said}"
        for one in SHOWN:
            if one.command == run.command:
                absent = unlike(one.output, said, in_order=run.in_order)
                assert not absent, f"{one.page} shows {absent!r}, and this came:\n{said}"
        return said


@pytest.fixture(scope="module")
def desk(world, tmp_path_factory):
    bucket = world.aws.client("s3", HUB.id, HUB_REGION)
    bucket.create_bucket(Bucket="your-trail-bucket", CreateBucketConfiguration={"LocationConstraint": HUB_REGION})
    for key, content in list(ninety_days.log_files(ninety_days.records()))[-20:]:
        bucket.put_object(Bucket="your-trail-bucket", Key=key, Body=content)
    look_at_credentials(world)
    return Desk(world, tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("run", DEPLOYED, ids=lambda run: " ".join(shlex.split(run.command)[:3]))
def test_a_command_runs_as_it_is_shown(desk, run):
    try:
        desk.runs(run)
    finally:
        if run.after:
            assert desk.terminals[run.who].type(run.after)[0] == 0


@pytest.fixture
def unknown(world):
    """Nothing is known of the story's account before, and nothing afterwards: other files open windows there too."""

    def forget_all():
        forget(world, "PK = :account", {":account": items.s(f"ACC#{SANDBOX.id}")})
        no_window(world, SANDBOX.id)

    forget_all()
    yield
    forget_all()


@pytest.mark.usefixtures("unknown")
def test_a_window_goes_from_its_opening_to_its_ledger_as_it_is_shown(desk, world):
    opened, approved, checked, listed, incidents, show = STORY
    account = SANDBOX.id
    with desk.ana.told_of(account):
        desk.runs(opened)
    with desk.ben.told_of(account):
        desk.runs(approved)
    desk.runs(checked)
    desk.runs(listed)
    used = [act(world, record) for record in (sign_in_now, removes_mfa, makes_a_key)]
    with desk.ana.told_of(account):
        desk.terminals["ana"].type("rootwatch break-glass close sandbox-ana --yes")
    act(world, lambda _: call_now("CreateUser", DATA.id, "us-east-1"))
    world.sweep()
    world.wait_until_drained()
    desk.runs(incidents)
    mark = {"PK": {"S": f"EVT#{used[-1]['eventID']}"}, "SK": {"S": "MARK"}}
    dynamodb = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    incident = dynamodb.get_item(TableName=world.table, Key=mark)["Item"]["incident"]["S"]
    desk.runs(show, show.command.rpartition(" ")[0] + f" {incident}")


def removes_mfa(account):
    return call_now("DeactivateMFADevice", account, "us-east-1")


def makes_a_key(account):
    return call_now("CreateAccessKey", account, "us-east-1")


def act(world, make):
    """Root acts in a second of its own, so that the order of its records is known."""
    record = make(SANDBOX.id)
    world.emit(record["recipientAccountId"], record["awsRegion"], record)
    world.wait_until_taken(record["eventID"])
    second = datetime.now(UTC).replace(microsecond=0)
    world.wait_for(lambda: datetime.now(UTC).replace(microsecond=0) > second, "the clock stands still", 5)
    return record
