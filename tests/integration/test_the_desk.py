"""The desk on the deployed organisation, by the commands themselves: a window opened, approved, used, breached, closed,
and what the ledger says of it."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, PAYMENTS, SANDBOX
from tests.support.colleagues import ROLE, colleagues
from tests.support.live import call_now, sign_in_now

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def both(world, tmp_path_factory):
    """Ana of the management account, Ben of the hub's."""
    settings = tmp_path_factory.mktemp("desk") / "settings.json"
    settings.write_text(json.dumps(world.settings))
    return colleagues(world, settings)


@pytest.fixture
def ana(both):
    return both[0]


@pytest.fixture
def ben(both):
    return both[1]


@pytest.fixture
def quiet(world):
    """``quiet(account)``: as if nothing had been open there, whatever other tests did."""

    def run(account):
        key = {"PK": {"S": f"ACC#{account}"}, "SK": {"S": "OPEN"}}
        world.aws.client("dynamodb", HUB.id, HUB_REGION).delete_item(TableName=world.table, Key=key)

    return run


def emitted(world, record):
    world.emit(record["recipientAccountId"], record["awsRegion"], record)
    world.wait_until_taken(record["eventID"])
    return record


def opened_by(world, ben, record):
    """The incident that a record opened or joined, as the ledger has it whole."""
    mark = {"PK": {"S": f"EVT#{record['eventID']}"}, "SK": {"S": "MARK"}}
    dynamodb = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    incident = dynamodb.get_item(TableName=world.table, Key=mark)["Item"]["incident"]["S"]
    return json.loads(ben.runs("incidents", "show", incident, "--format", "json").stdout)


def test_a_window_from_its_opening_to_its_ledger(world, ana, ben, quiet):
    account = SANDBOX.id
    quiet(account)
    alerts, said = len(world.receivers.pagerduty.alerts), len(world.receivers.slack.messages)

    opened = ana.tags(account, "open", "sandbox-ana", "--for", "2h", "--ticket", "SEC-142", "--covers", "mfa")
    assert "Declare a window on sandbox-ana (210987654321)" in opened.stdout
    ben.runs("break-glass", "check", account)
    own = ana.runs("break-glass", "approve", account, "--dry-run")
    assert "counts for nothing" in own.stderr
    ben.tags(account, "approve", account, "--ticket", "SEC-142")
    checked = ben.runs("break-glass", "check", "sandbox-ana")
    assert f"SEC-142 is approved by {ben.arn}" in checked.stdout
    listed = ben.runs("break-glass", "list")
    [line] = [line for line in listed.stdout.splitlines() if account in line]
    assert line.startswith("open")
    assert line.endswith(f"{ROLE}/ana")

    emitted(world, sign_in_now(account))
    emitted(world, call_now("DeactivateMFADevice", account, "us-east-1"))
    world.receivers.wait_for(lambda now: any("Planned: ROOT" in str(m) for m in now.slack.messages[said:]), timeout=90)
    assert len(world.receivers.pagerduty.alerts) == alerts, "planned use pages nobody"
    breach = emitted(world, call_now("CreateAccessKey", account, "us-east-1"))
    world.receivers.wait_for(lambda now: len(now.pagerduty.alerts) > alerts, timeout=90)

    ana.tags(account, "close", account)
    world.sweep()
    world.receivers.wait_for(
        lambda now: any("in window SEC-142, ended at" in str(m) for m in now.slack.messages[said:]), timeout=60
    )
    ended = next(str(m) for m in world.receivers.slack.messages[said:] if "in window SEC-142, ended at" in str(m))
    assert "root did 3 things in window SEC-142" in ended
    ben.runs("break-glass", "check", account, code=1)

    found = opened_by(world, ben, breach)
    assert found["incident"]["account"] == account
    [declared] = found["declared"]
    assert (declared["ticket"], declared["by"], declared["approved_by"]) == ("SEC-142", ana.arn, ben.arn)
    # Records know whole seconds: which of these came last is not to be seen.
    assert sorted(done["verdict"] for done in found["done"]) == ["breakthrough", "planned", "planned"]
    assert {done["address"] for done in found["done"]} == {"203.0.113.5"}
    pages = [sent for sent in found["told"] if sent["pages"]]
    assert [(sent["state"], sent["channel"]) for sent in pages] == [("sent", "pagerduty")]
    assert all(sent["at"] for sent in found["told"] if sent["state"] == "sent")
    assert any("PagerDuty alert" in line for line in found["still_open"])
    text = ben.runs("incidents", "show", found["incident"]["incident"]).stdout
    assert f"approved by {ben.arn}" in text
    assert "access key" in text.partition("Done\n")[2].partition("Told\n")[0]


def test_incidents_are_listed_in_three_formats_by_what_was_asked_for(world, ben, quiet):
    quiet(DATA.id)
    record = emitted(world, call_now("CreateUser", DATA.id, "us-east-1"))
    known = opened_by(world, ben, record)["incident"]["incident"]

    def rows(*arguments):
        lines = ben.runs("incidents", "list", *arguments, "--format", "jsonl").stdout.splitlines()
        return [json.loads(line) for line in lines]

    def holds(*arguments):
        return known in [row["incident"] for row in rows(*arguments)]

    assert holds()
    assert holds("--account", DATA.id)
    assert holds("--account", "PROD-data", "--since", "1d")
    assert holds("--state", "open")
    assert holds("--severity", "high", "--only", "root")
    assert not holds("--state", "closed")
    assert not holds("--only", "watch")
    assert not holds("--account", PAYMENTS.id)
    assert not holds("--until", f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}")
    [whole] = [one for one in rows("--account", DATA.id, "--whole") if one["incident"]["incident"] == known]
    assert "CreateUser" in [done["event_name"] for done in whole["done"]]
    written = list(csv.DictReader(io.StringIO(ben.runs("incidents", "list", "--format", "csv").stdout)))
    assert known in [row["incident"] for row in written]
    assert f"[{known}]" in ben.runs("incidents", "list").stdout


def test_an_incident_that_is_not_there_and_credentials_that_don_t_reach_the_table_are_told(ana, ben):
    assert "no incident" in ben.runs("incidents", "show", "nobody", code=2).stderr
    assert HUB.id in ana.runs("incidents", "list", code=2).stderr


def test_a_tag_that_somebody_set_by_hand_and_is_no_window_is_told_within_the_minute(world, ana):
    organizations = world.aws.client("organizations", MANAGEMENT.id, "us-east-1")
    value = f"until=tomorrow ticket=SEC-{uuid4().hex[:6]}"
    organizations.tag_resource(ResourceId=PAYMENTS.id, Tags=[{"Key": "break-glass", "Value": value}])
    try:
        ana.tells("TagResource", PAYMENTS.id, {"tags": [{"key": "break-glass", "value": value}]})
        world.receivers.wait_for(
            lambda now: any("tag that is no window · prod-payments" in str(m) for m in now.slack.messages), timeout=60
        )
        # It says what to write.
        world.receivers.wait_for(
            lambda now: any(
                "tag that is no window" in mail.subject and "until=2026-11-24T18:00Z" in mail.message
                for mail in now.mailbox.mails
            ),
            timeout=60,
        )
        listed = ana.runs("break-glass", "list", "--source", "tags").stdout
        assert any(line.startswith("malformed") and PAYMENTS.id in line for line in listed.splitlines())
    finally:
        organizations.untag_resource(ResourceId=PAYMENTS.id, TagKeys=["break-glass"])


def test_expired_tags_are_swept_and_a_dry_run_sweeps_nothing(world, ana):
    organizations = world.aws.client("organizations", MANAGEMENT.id, "us-east-1")
    value = f"until={datetime.now(UTC) - timedelta(days=2):%Y-%m-%dT%H:%MZ} ticket=SEC-9"
    organizations.tag_resource(ResourceId=PAYMENTS.id, Tags=[{"Key": "break-glass", "Value": value}])

    def keys():
        return {tag["Key"] for tag in organizations.list_tags_for_resource(ResourceId=PAYMENTS.id)["Tags"]}

    assert f"untag-resource --resource-id {PAYMENTS.id}" in ana.runs("break-glass", "sweep", "--dry-run").stdout
    assert "break-glass" in keys()
    ana.runs("break-glass", "sweep", "--yes")
    assert keys() == {"owner"}
