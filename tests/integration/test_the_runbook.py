"""docs/runbook.md, typed word for word by whoever is on call: each procedure mends what was broken before.

A scene is a generator: it breaks something, yields, and is handed what each block of its section put out.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, PAYMENTS, PROJECT, SANDBOX, World
from stacks.names import ALL_MANAGEMENT_EVENTS
from tests.support.guide import Block, Terminal, blocks
from tests.support.live import call_now, sign_in_now
from tests.support.worlds import close_all

pytestmark = pytest.mark.embedded

PAGE = (PROJECT / "docs" / "runbook.md").read_text("utf-8")
FAR = "ap-southeast-2"
RULE = "rootwatch-root-use"
_ASSIGNED = re.compile(r"^(\w+)=\$\((?:[^\n]|\n(?=\s))*\)$", re.MULTILINE)
# The AWS CLI's first version goes to SQS by an address of its own, unless it is told another.
_SQS = """aws() {
  if [ "$1" = sqs ]; then shift; set -- sqs --endpoint-url "$AWS_ENDPOINT_URL" "$@"; fi
  command aws "$@"
}"""

Scene = Callable[[World, Path], Generator[None, str, None]]


def sections() -> dict[str, list[Block]]:
    """The blocks that are run, by the heading above them."""
    parts = re.split(r"^#{1,3} (.+)$", PAGE, flags=re.MULTILINE)
    found = {
        heading: [one for one in blocks(text) if one.kind == "run"]
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }
    return {heading: its for heading, its in found.items() if its}


SECTIONS = sections()


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the settings, and profiles of the AWS CLI."""
    made = tmp_path_factory.mktemp("on-call")
    (made / "cdk.json").write_text(json.dumps({"context": {"rootwatch": world.settings}}))
    (made / ".venv").symlink_to(sys.prefix)
    held = world.aws.environment(HUB.id, HUB_REGION)["AWS_SECRET_ACCESS_KEY"]
    accounts = (("hub", HUB, HUB_REGION), ("management", MANAGEMENT, HUB_REGION), ("member", SANDBOX, FAR))
    (made / "profiles").write_text(
        "".join(
            f"[profile {name}]\nregion = {region}\naws_access_key_id = {account.id}\naws_secret_access_key = {held}\n"
            for name, account, region in accounts
        )
    )
    return made


def types(world: World, folder: Path, block: Block) -> str:
    """Types a block, in a shell in which what the blocks before it assigned stands."""
    ours = world.aws.environment(HUB.id, HUB_REGION)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    aws = {key: value for key, value in ours.items() if key.startswith("AWS_E") or key == "NO_PROXY"}
    profile = {"AWS_CONFIG_FILE": str(folder / "profiles"), "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    environment = {**kept, **aws, **profile, "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}", "COLUMNS": "200"}
    assigned = [found for its in SECTIONS.values() for one in its for found in _ASSIGNED.finditer(one.body)]
    needed = [found[0] for found in assigned if f"${found[1]}" in block.body and found[0] not in block.body]
    before = [_SQS, f"export AWS_PROFILE={block.of or 'hub'}", *needed]
    code, said = Terminal(folder, environment, answers=((r"\[Y/n\]:", lambda: "y"),), seconds=120).type(
        "\n".join([*before, block.body])
    )
    assert code == 0, f"{block.body}\nended with {code}:\n{said[-4000:]}"
    return said


def hub(world: World, service: str) -> Any:
    return world.aws.client(service, HUB.id, HUB_REGION)


def nothing_is_broken(world: World, folder: Path) -> Generator[None, str, None]:
    yield


def an_open_incident_is_listed(world: World, folder: Path) -> Generator[None, str, None]:
    taken(world, sign_in_now(DATA.id))
    said = yield
    assert "prod-data" in said or DATA.id in said


def the_doctor_walks_every_hop(world: World, folder: Path) -> Generator[None, str, None]:
    said = yield
    assert "rootwatch" in said
    assert "Traceback" not in said


def a_stopped_trail_logs_again(world: World, folder: Path) -> Generator[None, str, None]:
    trails = world.aws.client("cloudtrail", MANAGEMENT.id, HUB_REGION)
    [trail] = trails.describe_trails()["trailList"]
    trails.stop_logging(Name=trail["TrailARN"])
    said = yield
    assert '"IsLogging": false' in said
    assert trails.get_trail_status(Name=trail["TrailARN"])["IsLogging"]


def what_waits_in_the_queue_is_told(world: World, folder: Path) -> Generator[None, str, None]:
    functions = hub(world, "lambda")
    [mapping] = functions.list_event_source_mappings(FunctionName="rootwatch-monitor")["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    functions.put_function_concurrency(FunctionName="rootwatch-monitor", ReservedConcurrentExecutions=0)
    record = sign_in_now(PAYMENTS.id, mfa="No")
    world.emit(PAYMENTS.id, "us-east-1", record)
    yield
    assert world.wait_until_taken(record["eventID"]) in ("opened", "escalated", "folded")


def the_sweep_ran(world: World, folder: Path) -> Generator[None, str, None]:
    said = yield
    assert said.strip() == "ENABLED"
    said = yield
    assert '"StatusCode": 200' in said
    assert "FunctionError" not in said


def a_rule_hears_all_again(world: World, folder: Path) -> Generator[None, str, None]:
    events = world.aws.client("events", SANDBOX.id, FAR)
    events.disable_rule(Name=RULE)
    before = events.describe_rule(Name=RULE)["EventPattern"]
    yield
    rule = events.describe_rule(Name=RULE)
    assert (rule["State"], json.loads(rule["EventPattern"])) == (ALL_MANAGEMENT_EVENTS, json.loads(before))
    record = call_now("ListUsers", SANDBOX.id, FAR, readOnly=True)
    world.emit(SANDBOX.id, FAR, record)
    world.wait_until_taken(record["eventID"])


def dead_letters_are_told(world: World, folder: Path) -> Generator[None, str, None]:
    sqs = hub(world, "sqs")
    dead = sqs.get_queue_url(QueueName="rootwatch-records-dead")["QueueUrl"]
    record = sign_in_now(DATA.id, mfa="No")
    envelope = {"account": DATA.id, "region": "us-east-1", "source": "aws.signin", "detail-type": "x", "detail": record}
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(envelope))
    said = yield
    assert record["eventID"] in said

    def moved() -> bool:
        for message in sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", []):
            sqs.send_message(QueueUrl=world.queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
        return world.disposition(record["eventID"]) is not None

    world.wait_for(moved, "the dead letter was not told", 60)


def new_secrets_are_used(world: World, folder: Path) -> Generator[None, str, None]:
    receivers = world.receivers
    token, key = receivers.slack.token, receivers.pagerduty.routing_key
    receivers.slack.token, receivers.pagerduty.routing_key = "xoxb-new", "f" * 32
    (folder / "slack.json").write_text(json.dumps({"bot_token": "xoxb-new"}))
    (folder / "pagerduty.json").write_text(json.dumps({"routing_key": "f" * 32}))
    (folder / "heartbeat.json").write_text(json.dumps({"url": "https://heartbeat.example.com/0a1b2c3d"}))
    secrets = hub(world, "secretsmanager")
    names = {one["Name"] for one in secrets.list_secrets()["SecretList"]}
    if "rootwatch/heartbeat" not in names:
        secrets.create_secret(Name="rootwatch/heartbeat", SecretString="{}")
    yield
    record = sign_in_now(PAYMENTS.id, mfa="No")
    pages, posts = len(receivers.pagerduty.alerts), len(receivers.slack.messages)
    taken(world, record)
    receivers.wait_for(lambda now: len(now.pagerduty.alerts) > pages and len(now.slack.messages) > posts, 60)
    yield
    held = json.loads(secrets.get_secret_value(SecretId="rootwatch/heartbeat")["SecretString"])
    assert held["url"].endswith("0a1b2c3d")
    # Back to those that the other tests know.
    receivers.slack.token, receivers.pagerduty.routing_key = token, key
    secrets.put_secret_value(SecretId="rootwatch/slack", SecretString=json.dumps({"bot_token": token}))
    secrets.put_secret_value(SecretId="rootwatch/pagerduty", SecretString=json.dumps({"routing_key": key}))


def the_rehearsal_arrives(world: World, folder: Path) -> Generator[None, str, None]:
    before = len(world.receivers.slack.messages)
    yield
    assert len(world.receivers.slack.messages) > before


def a_table_that_refuses_is_told_without(world: World, folder: Path) -> Generator[None, str, None]:
    with the_monitor_may_not_use_the_table(world):
        record = sign_in_now(SANDBOX.id, mfa="No")
        world.emit(SANDBOX.id, "us-east-1", record)
        world.receivers.wait_for(
            lambda now: any("uplicates possible" in str(one) for one in now.slack.messages), timeout=90
        )
        assert any("/degraded/" in one.dedup_key for one in world.receivers.pagerduty.alerts)
        said = yield
        assert said.strip().endswith("ACTIVE")
    # It would come again after three minutes, and be told once more: nobody waits for that here.
    hub(world, "sqs").purge_queue(QueueUrl=world.queue)


def what_was_deleted_is_copied_back(world: World, folder: Path) -> Generator[None, str, None]:
    table = hub(world, "dynamodb")
    record = sign_in_now(DATA.id)
    taken(world, record)
    key = {"PK": {"S": f"EVT#{record['eventID']}"}, "SK": {"S": "MARK"}}
    (folder / "key.json").write_text(json.dumps(key))
    yield
    assert table.describe_table(TableName=world.table)["Table"]["DeletionProtectionEnabled"]
    yield
    before = table.get_item(TableName="rootwatch-restored", Key=key)["Item"]
    table.delete_item(TableName=world.table, Key=key)
    assert world.disposition(record["eventID"]) is None
    yield
    assert table.get_item(TableName=world.table, Key=key)["Item"] == before


SCENES: dict[str, Scene] = {
    "Runbook": nothing_is_broken,
    "Root was used": an_open_incident_is_listed,
    "tampering": the_doctor_walks_every_hop,
    "trail-trouble": a_stopped_trail_logs_again,
    "Alarms": nothing_is_broken,
    "rootwatch-records-old": what_waits_in_the_queue_is_told,
    "silent": the_sweep_ran,
    "Put a part back": a_rule_hears_all_again,
    "Redrive dead letters": dead_letters_are_told,
    "Rotate a secret": new_secrets_are_used,
    "Rehearse": the_rehearsal_arrives,
    "The table is down": a_table_that_refuses_is_told_without,
    "Restore the table": what_was_deleted_is_copied_back,
}


@pytest.mark.parametrize("heading", SECTIONS)
def test_a_procedure_mends_what_was_broken(heading: str, world: World, folder: Path) -> None:
    close_all(world)
    scene = SCENES[heading](world, folder)
    next(scene)
    for block in SECTIONS[heading]:
        said = types(world, folder, block)
        try:
            scene.send(said)
        except StopIteration:
            break
    scene.close()


def test_every_scene_is_one_of_the_page() -> None:
    assert SCENES.keys() == SECTIONS.keys()


def taken(world: World, record: dict[str, Any]) -> None:
    world.emit(record["recipientAccountId"], record["awsRegion"], record)
    world.wait_until_taken(record["eventID"])


@contextmanager
def the_monitor_may_not_use_the_table(world: World) -> Iterator[None]:
    iam = hub(world, "iam")
    arn = hub(world, "lambda").get_function_configuration(FunctionName="rootwatch-monitor")["Role"]
    role = arn.rpartition("/")[2]
    deny = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="no-table", PolicyDocument=policy)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="no-table")
