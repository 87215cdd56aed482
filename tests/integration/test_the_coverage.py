"""On a deployed organisation: the watch watches itself, by real canaries over the real path, and says what it misses.

An organisation of its own: what is cut here would be missed by the other tests. Each test leaves all as it found it.
"""

import http.server
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, ORGANISATION, PAYMENTS, REGIONS, SANDBOX, World
from tests.support import coverage_live as coverage
from tests.support.live import call_now

pytestmark = pytest.mark.embedded

FAR = "ap-southeast-2"
RULE = "rootwatch-root-use"
PLACES = {(account.id, region) for account in ORGANISATION.accounts for region in REGIONS}


class Switch(http.server.BaseHTTPRequestHandler):
    """A heartbeat service: counts how often it was pressed."""

    pressed: ClassVar[list[str]] = []

    def do_GET(self):
        self.pressed.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def world():
    """Deployed, past the time that a deployment may take, and heard everywhere."""
    with World(heartbeat={"secret": "rootwatch/heartbeat"}) as deployed:
        first = coverage.run(deployed)
        assert first["CanariesSent"] == len(PLACES)
        an_hour_later(deployed)
        coverage.run(deployed)
        yield deployed


def an_hour_later(world):
    """Everybody is asked again; those whose path is whole answer."""
    coverage.pass_time(world, minutes=65)
    return coverage.run(world)


def until_told(world):
    """An hour passes, and then the time in which what was asked must have been heard."""
    an_hour_later(world)
    coverage.pass_time(world, minutes=31)
    return coverage.run(world)


def told(world, words):
    """The alerts that say this, of PagerDuty."""
    return [alert for alert in world.receivers.pagerduty.alerts if words in alert.summary]


def posts(world, words):
    return [message for message in world.receivers.slack.messages if words in str(message)]


def events(world, account, region):
    return world.aws.client("events", account, region)


@pytest.fixture
def kept_rule(world):
    """Puts the sandbox's rule for root back as it was, and waits until it is heard again."""
    client = events(world, SANDBOX.id, FAR)
    rule, targets = client.describe_rule(Name=RULE), client.list_targets_by_rule(Rule=RULE)["Targets"]
    yield client
    client.put_rule(Name=RULE, EventPattern=rule["EventPattern"], State=rule["State"])
    client.put_targets(Rule=RULE, Targets=targets)
    heard_again(world)


def heard_again(world):
    """A canary out of turn, and a run that notices it."""
    coverage.pass_time(world, minutes=5)
    coverage.run(world)
    coverage.run(world)
    assert set(coverage.states(world).values()) == {"fast"}


def test_after_a_round_every_place_is_heard_by_the_fast_path_and_nobody_is_told_anything(world):
    assert coverage.states(world) == dict.fromkeys(PLACES, "fast")
    assert world.receivers.pagerduty.alerts == ()
    assert world.receivers.slack.messages == ()
    assert world.aws.dropped() == []


def test_a_rule_that_is_deleted_in_one_place_is_told_once_with_its_reason_and_so_is_its_end(world, kept_rule):
    kept_rule.remove_targets(Rule=RULE, Ids=["hub"])
    kept_rule.delete_rule(Name=RULE)
    counts = until_told(world)
    assert counts["PlacesBlind"] == 1
    assert coverage.states(world)[SANDBOX.id, FAR] == "blind"
    [alert] = told(world, f"rootwatch is blind in {FAR}")
    assert (alert.source, alert.triggers) == (SANDBOX.id, 1)
    assert f"the rule {RULE} is gone" in str(alert.details)
    an_hour_later(world)
    assert told(world, f"rootwatch is blind in {FAR}") == [alert]


def test_its_end_was_told(world):
    [post] = posts(world, "Over: WATCH")
    assert "heard again" in str(post)


def test_a_rule_that_no_longer_sees_read_only_calls_is_noticed(world, kept_rule):
    pattern = kept_rule.describe_rule(Name=RULE)["EventPattern"]
    kept_rule.put_rule(Name=RULE, EventPattern=pattern, State="ENABLED")
    before = len(told(world, "rootwatch is blind"))
    until_told(world)
    assert coverage.states(world)[SANDBOX.id, FAR] == "blind"
    # The place fell silent for the second time within a day: its first incident is closed, so this is another.
    alerts = told(world, "rootwatch is blind")
    assert len(alerts) == before + 1
    assert "does not see read-only calls any more" in str(alerts[-1].details)


def test_a_forwarding_role_that_is_deleted_silences_an_account_and_is_one_notice(world):
    iam = world.aws.client("iam", DATA.id, HUB_REGION)
    name = "rootwatch-forwarding"
    role, policy = iam.get_role(RoleName=name)["Role"], iam.get_role_policy(RoleName=name, PolicyName="forward")
    iam.delete_role_policy(RoleName=name, PolicyName="forward")
    iam.delete_role(RoleName=name)
    until_told(world)
    alerts = [alert for alert in told(world, "rootwatch is blind in every Region") if alert.source == DATA.id]
    assert [alert.triggers for alert in alerts] == [1]
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=name, Path=role["Path"], AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=name, PolicyName="forward", PolicyDocument=json.dumps(policy["PolicyDocument"]))
    heard_again(world)


def test_a_bus_that_admits_nobody_any_more_is_one_notice_and_critical(world):
    bus = events(world, HUB.id, HUB_REGION)
    policy = bus.describe_event_bus(Name="rootwatch")["Policy"]
    for statement in json.loads(policy)["Statement"]:
        bus.remove_permission(EventBusName="rootwatch", StatementId=statement["Sid"])
    before = {alert.dedup_key for alert in world.receivers.pagerduty.alerts}
    until_told(world)
    [alert] = [alert for alert in world.receivers.pagerduty.alerts if alert.dedup_key not in before]
    # The hub's own rules reach its bus without the policy.
    assert "rootwatch is blind in every account but perhaps the hub's own" in alert.summary
    assert alert.dedup_key.endswith("/watch/critical")
    bus.put_permission(EventBusName="rootwatch", Policy=policy)
    heard_again(world)


def test_a_pattern_without_its_branch_for_root_is_told_by_comparison_though_canaries_are_heard(world, kept_rule):
    rule = kept_rule.describe_rule(Name=RULE)
    pattern = json.loads(rule["EventPattern"])
    [canary] = [branch for branch in pattern["$or"] if "GetCallerIdentity" in str(branch)]
    pattern["$or"] = [canary, {"detail": {"userIdentity": {"type": ["Nobody"]}}}]
    kept_rule.put_rule(Name=RULE, EventPattern=json.dumps(pattern), State=rule["State"])
    coverage.pass_time(world, hours=24)
    coverage.run(world)
    assert coverage.states(world)[SANDBOX.id, FAR] == "fast"
    [alert] = told(world, "lets other events through than the deployed one")
    assert (alert.source, alert.dedup_key.rpartition("/")[2]) == (SANDBOX.id, "critical")


def test_the_trail_is_missed_when_it_is_stopped_and_its_end_is_told(world):
    trails = world.aws.client("cloudtrail", MANAGEMENT.id, HUB_REGION)
    [trail] = trails.describe_trails()["trailList"]
    trails.stop_logging(Name=trail["TrailARN"])
    coverage.run(world)
    coverage.run(world)
    [alert] = told(world, "is stopped")
    assert (alert.source, alert.triggers) == (MANAGEMENT.id, 1)
    trails.start_logging(Name=trail["TrailARN"])
    coverage.run(world)
    assert posts(world, "logs everything again")


def test_somebody_else_s_canary_is_told_of_as_tampering(world):
    session = f"arn:aws:sts::{PAYMENTS.id}:assumed-role/rootwatch-canary/rootwatch-made-up"
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{PAYMENTS.id}:role/rootwatch/rootwatch-canary"}
    identity = {"type": "AssumedRole", "arn": session, "accountId": PAYMENTS.id}
    record = call_now(
        "GetCallerIdentity",
        PAYMENTS.id,
        FAR,
        source="sts",
        readOnly=True,
        userIdentity={**identity, "sessionContext": {"sessionIssuer": issuer}},
    )
    world.emit(PAYMENTS.id, FAR, record)
    assert world.wait_until_taken(record["eventID"]) == "watch"
    world.receivers.wait_for(lambda _: told(world, "used by somebody else"), timeout=90)


def test_an_account_that_vanishes_without_a_record_is_critical(world):
    client = world.aws.client("organizations", MANAGEMENT.id, HUB_REGION)
    client.remove_account_from_organization(AccountId=SANDBOX.id)
    an_hour_later(world)
    assert told(world, "gone without a record") == []
    coverage.pass_time(world, minutes=25)
    coverage.run(world)
    coverage.run(world)
    [alert] = told(world, "gone without a record")
    assert (alert.source, alert.triggers) == (SANDBOX.id, 1)
    assert {coverage.states(world)[SANDBOX.id, region] for region in REGIONS} == {"suspended"}


def test_the_switch_outside_is_pressed_while_all_is_well_and_not_while_a_message_stays_unsent(world):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Switch) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/ping/0123"
        secrets = world.aws.client("secretsmanager", HUB.id, HUB_REGION)
        secrets.create_secret(Name="rootwatch/heartbeat", SecretString=json.dumps({"url": url}))
        coverage.run(world)
        assert beat(world), world.aws.function_logs(HUB.id, HUB_REGION, "rootwatch-heartbeat")[-5:]
        assert "/ping/0123" in Switch.pressed
        item = put_unsent(world)
        assert not beat(world)

        def said():
            return world.aws.function_logs(HUB.id, HUB_REGION, "rootwatch-heartbeat")

        world.wait_for(
            lambda: any("no heartbeat" in line and "a message is unsent since" in line for line in said()),
            "it was not said why",
            20,
        )
        assert not any(url in line for line in said())
        world.aws.client("dynamodb", HUB.id, HUB_REGION).delete_item(TableName=world.table, Key=item)
        assert beat(world)
        server.shutdown()


def beat(world):
    answer = world.aws.client("lambda", HUB.id, HUB_REGION).invoke(FunctionName="rootwatch-heartbeat")
    return json.loads(answer["Payload"].read())["beat"]


def put_unsent(world):
    """A send that is tried again and again: due only later, for the first time long ago."""
    now = datetime.now(UTC)
    key = {"PK": {"S": "INC#none"}, "SK": {"S": "SEND#slack#000001#high"}}
    times = {"due_at": now + timedelta(minutes=10), "first_due": now - timedelta(hours=1)}
    stamps = {name: {"S": time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")} for name, time in times.items()}
    item = {**key, **stamps, "due_shard": {"S": "DUE#0"}, "state": {"S": "due"}, "attempts": {"N": "3"}}
    world.aws.client("dynamodb", HUB.id, HUB_REGION).put_item(TableName=world.table, Item=item)
    return key
