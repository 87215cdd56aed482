"""What a member's administrator can send to the hub: nothing of it becomes an alert about somebody else, an
acknowledgement, a window, a task, a heard canary or a dedupe mark. At most the sender is told of.

On the organisation whose hub is in the management account, for which the forged records too may pretend to be.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.receivers import Receivers
from rootwatch_local.world import DATA, HUB_REGION, MANAGEMENT, PAYMENTS, World
from stacks.names import ALL_MANAGEMENT_EVENTS
from tests.support.live import call_now, sign_in_now
from tests.support.log_files import object_created
from tests.support.loudspeaker import EVERYTHING
from tests.support.loudspeaker import loudspeaker as forwarding_everything
from tests.support.records import assume_root, body
from tests.support.watch import by

pytestmark = pytest.mark.embedded

SENDER, VICTIM, REGION = PAYMENTS.id, DATA.id, "us-west-2"

Record = dict[str, Any]


@pytest.fixture(scope="module")
def loudspeaker(in_management: World) -> Iterator[World]:
    """The sender's own rule forwards all that its bus gets to the hub's bus."""
    with forwarding_everything(in_management, SENDER, REGION):
        yield in_management


# What a record that is believed changes in the table: windows, tasks, failures, what is known of an account, its
# canaries and its fast path; and the pointers to open incidents, of which the sender's for tampering alone may come.
BELIEVED = re.compile(
    rf"(KEY|CALLER|FAIL)#.*|ACC#\S+ (TAGS|WIN|SEEN|FAST).*|ACC#(?!watch/tampering/{SENDER}/)\S+ OPEN"
    rf"|(ACC|DAY|PAGES|INC|COV)#.*({VICTIM}|{MANAGEMENT.id}).*"
)


@pytest.fixture
def believed(loudspeaker: World) -> Callable[[], set[str]]:
    """What has changed in the table since the test began as only a record that is believed changes it: the keys of
    items. It waits until nothing is on its way."""
    loudspeaker.wait_until_drained()
    before = items(loudspeaker)

    def since() -> set[str]:
        loudspeaker.wait_until_drained()
        after = items(loudspeaker)
        return {key for key, item in after.items() if before.get(key) != item and BELIEVED.fullmatch(key)}

    return since


def items(world: World) -> dict[str, Record]:
    """Every item of the table."""
    pages = (
        world.aws.client("dynamodb", MANAGEMENT.id, HUB_REGION).get_paginator("scan").paginate(TableName=world.table)
    )
    return {f"{item['PK']['S']} {item['SK']['S']}": item for page in pages for item in page["Items"]}


def pages_about(world: World, account: str) -> set[str]:
    """The dedup_keys of all pages about an account."""
    return {alert.dedup_key for alert in world.receivers.pagerduty.alerts if alert.source == account}


def of_victim(name: str = "CreateUser", **changes: Any) -> Record:
    """A record that claims to be of the victim's root."""
    return call_now(name, VICTIM, REGION, **changes)


def is_told_of_the_sender(receivers: Receivers) -> bool:
    """Whether a page says that the sender pretends to be another account."""
    return any(
        one.source == SENDER and "forged record of the account" in one.summary for one in receivers.pagerduty.alerts
    )


# Each is what the sender has EventBridge forward, as if CloudTrail had written it.
FORGED: dict[str, Callable[[], Record]] = {
    "root of another account": of_victim,
    "a sign-in of another account's root": lambda: sign_in_now(VICTIM, mfa="No"),
    "root of the management account": lambda: call_now("LeaveOrganization", MANAGEMENT.id, REGION),
    "a break-glass tag": lambda: body(
        "TagResource",
        datetime.now(UTC),
        account=MANAGEMENT.id,
        eventID=str(uuid4()),
        eventSource="organizations.amazonaws.com",
        userIdentity=by(f"arn:aws:sts::{MANAGEMENT.id}:assumed-role/SecurityEngineer/ana", MANAGEMENT.id),
        requestParameters={"resourceId": VICTIM, "tags": [{"key": "break-glass", "value": window()}]},
    ),
    "an AssumeRoot": lambda: an_assume_root("ASIAIOSFODNN7FORGED1"),
    "a canary": lambda: call_now(
        "GetCallerIdentity",
        VICTIM,
        REGION,
        source="sts",
        readOnly=True,
        userIdentity={
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{VICTIM}:assumed-role/rootwatch-canary/0a1b2c3d4e5f",
            "accountId": VICTIM,
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{VICTIM}:role/rootwatch/rootwatch-canary"}
            },
        },
    ),
}


def window() -> str:
    until = datetime.now(UTC) + timedelta(hours=1)
    return f"until={until:%Y-%m-%dT%H:%MZ} ticket=SEC-142"


def an_assume_root(key: str) -> Record:
    """The management account's record of an AssumeRoot into the victim, which gave this key out."""
    made = assume_root(datetime.now(UTC), target=VICTIM, caller=MANAGEMENT.id, key=key)
    return {**made.body, "eventID": str(uuid4())}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_record_is_told_of_its_sender_alone_and_marks_nothing(
    what: str, loudspeaker: World, believed: Callable[[], set[str]]
) -> None:
    record, victims = FORGED[what](), (VICTIM, MANAGEMENT.id)
    before = [pages_about(loudspeaker, account) for account in victims]
    loudspeaker.emit(SENDER, REGION, record)
    assert believed() == set()
    assert [pages_about(loudspeaker, account) for account in victims] == before
    assert loudspeaker.disposition(record["eventID"]) is None
    loudspeaker.receivers.wait_for(is_told_of_the_sender, timeout=90)
    # The genuine record, which comes later, is told as if nothing had been.
    genuine = str(record["recipientAccountId"])
    loudspeaker.emit(genuine, REGION, record)
    assert loudspeaker.wait_until_taken(record["eventID"]) in ("opened", "escalated", "folded", "watch", "canary")


def test_an_event_of_a_partner_s_is_told_of_its_sender_alone(
    loudspeaker: World, believed: Callable[[], set[str]]
) -> None:
    record = call_now("CreateUser", SENDER, REGION)
    loudspeaker.aws.emit(SENDER, REGION, record, source="aws.partner/example.com/1/any")
    assert believed() == set()
    assert loudspeaker.disposition(record["eventID"]) is None


def test_an_archive_s_replay_does_not_silence_the_log_file_of_what_a_cut_rule_did_not_bring(
    loudspeaker: World, believed: Callable[[], set[str]]
) -> None:
    events = loudspeaker.aws.client("events", SENDER, REGION)
    bus = f"arn:aws:events:{REGION}:{SENDER}:event-bus/default"
    archive = events.create_archive(ArchiveName="all", EventSourceArn=bus)["ArchiveArn"]
    record = call_now("CreateUser", SENDER, REGION, requestParameters={"userName": "backdoor"})
    with cut(events, "rootwatch-root-use", EVERYTHING):
        loudspeaker.emit(SENDER, REGION, record)
    now = datetime.now(UTC)
    events.start_replay(
        ReplayName="again",
        EventSourceArn=archive,
        EventStartTime=now - timedelta(hours=1),
        EventEndTime=now + timedelta(hours=1),
        Destination={"Arn": bus},
    )
    loudspeaker.wait_for(lambda: replayed(events), "the replay did not end", 30)
    assert believed() == set()
    loudspeaker.wait_for(lambda: "it is an archive's replay" in "".join(loudspeaker.logs()), "it was not refused", 20)
    assert loudspeaker.disposition(record["eventID"]) is None
    loudspeaker.write_log_file(SENDER, REGION, [record])
    assert loudspeaker.wait_until_taken(record["eventID"], timeout=90) in ("opened", "escalated", "folded")


@contextmanager
def cut(events: Any, *names: str) -> Iterator[None]:
    """These rules hear nothing."""
    for name in names:
        events.disable_rule(Name=name)
    try:
        yield
    finally:
        for name in names:
            heal(events, name)


def heal(events: Any, name: str) -> None:
    """Gives a rule its state back."""
    described = events.describe_rule(Name=name)
    events.put_rule(Name=name, EventPattern=described["EventPattern"], State=ALL_MANAGEMENT_EVENTS)


def replayed(events: Any) -> bool:
    """Whether the replay is done."""
    return bool(events.describe_replay(ReplayName="again")["State"] == "COMPLETED")


@pytest.mark.parametrize("account", [SENDER, MANAGEMENT.id], ids=["a member", "the hub itself"])
@pytest.mark.parametrize("source", ["aws.signin", "com.example.signin"])
def test_an_event_that_is_put_directly_is_refused_or_heard_by_nobody(
    account: str, source: str, loudspeaker: World, believed: Callable[[], set[str]]
) -> None:
    record = sign_in_now(VICTIM, mfa="No")
    bus = f"arn:aws:events:{HUB_REGION}:{MANAGEMENT.id}:event-bus/rootwatch"
    entry = {"Source": source, "DetailType": "AWS Console Sign In via CloudTrail", "Detail": json.dumps(record)}
    with suppress(ClientError):
        answer = loudspeaker.aws.client("events", account, HUB_REGION).put_events(
            Entries=[{**entry, "EventBusName": bus}]
        )
        # The hub's own administrator may put events on its bus; no rule there takes them.
        assert answer["FailedEntryCount"] == 1 or (account == MANAGEMENT.id and source == "com.example.signin")
    assert believed() == set()
    assert loudspeaker.disposition(record["eventID"]) is None


REHEARSAL = {"rootwatch_rehearsal": {"nonce": "0a1b2c3d4e5f", "step": "alert"}}


@pytest.mark.parametrize(
    ("source", "detail_type", "detail"),
    [
        ("com.example", "rootwatch", REHEARSAL),
        ("com.example", "AWS API Call via CloudTrail", {"eventName": "CreateUser", **REHEARSAL}),
        ("com.example", "Object Created", json.loads(object_created("AWSLogs/x/CloudTrail/a.json.gz"))["detail"]),
        ("com.example", "ack", {"incident": "777788889999-0a11ab1e0000", "by": "ana"}),
    ],
    ids=["a rehearsal", "a rehearsal as a record", "a log file", "an acknowledgement"],
)
def test_an_event_of_the_sender_s_own_source_comes_to_nothing(
    source: str, detail_type: str, detail: Record, loudspeaker: World, believed: Callable[[], set[str]]
) -> None:
    entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
    answer = loudspeaker.aws.client("events", SENDER, REGION).put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0
    assert believed() == set()


def test_s3_s_word_of_a_new_object_in_a_bucket_of_the_sender_s_is_read_by_nobody(
    loudspeaker: World, believed: Callable[[], set[str]]
) -> None:
    name = f"{uuid4().hex}.json.gz"
    told = json.loads(object_created(f"AWSLogs/o-exampleorgid/{VICTIM}/CloudTrail/us-east-1/2026/11/27/{name}"))
    for bucket in ("example-logs", f"rootwatch-trail-{MANAGEMENT.id}-{HUB_REGION}"):
        detail = {**told["detail"], "bucket": {"name": bucket}}
        loudspeaker.aws.emit(SENDER, REGION, detail, source="aws.s3", detail_type="Object Created")
    assert believed() == set()
    # What comes after it is read, and logged: of the forged ones nothing is, neither read nor refused.
    record = call_now("CreateUser", SENDER, REGION, requestParameters={"userName": "backdoor"})
    loudspeaker.write_log_file(SENDER, REGION, [record])

    def logs() -> str:
        return "".join(loudspeaker.aws.function_logs(MANAGEMENT.id, HUB_REGION, "rootwatch-backstop"))

    loudspeaker.wait_for(lambda: record["eventID"] in logs(), "the log file behind it was not read", 60)
    assert name not in logs()
    assert "a message was refused" not in logs()


def test_a_message_that_is_sent_to_the_queue_directly_is_refused(loudspeaker: World) -> None:
    queue = loudspeaker.aws.client("sqs", SENDER, HUB_REGION)
    with pytest.raises(ClientError):
        queue.send_message(QueueUrl=loudspeaker.queue, MessageBody=json.dumps(REHEARSAL))


def test_a_task_that_was_forged_covers_nothing(loudspeaker: World) -> None:
    loudspeaker.emit(SENDER, REGION, an_assume_root(key := "ASIAIOSFODNN7FORGED2"))
    loudspeaker.wait_until_drained()
    identity = {
        "type": "Root",
        "arn": f"arn:aws:iam::{VICTIM}:root",
        "accountId": VICTIM,
        "accessKeyId": key,
        "sessionContext": {"attributes": {"mfaAuthenticated": "false"}},
    }
    record = of_victim("CreateAccessKey", userIdentity=identity)
    loudspeaker.emit(VICTIM, REGION, record)
    assert loudspeaker.wait_until_taken(record["eventID"]) in ("opened", "escalated", "folded")
    assert f"KEY#{key} TASK" not in items(loudspeaker)
