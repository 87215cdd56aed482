"""What a forged or a broken record comes to: a notice about its sender, or nothing, and never an error."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core import watch
from rootwatch.core.record import Envelope, Record, Unreadable, from_body
from tests.support.journal import Journal
from tests.support.records import ACCOUNT, MANAGEMENT, NOON, THIRD, assume_root, body, call, settings, tag
from tests.support.watch import done, stop_logging

# What a member could put on the bus if it found a way past the bus's own policy: envelope and detail don't agree.


def forged(record, sender=THIRD):
    return msgspec.structs.replace(
        record,
        account=sender,
        envelope=Envelope(account=sender, region="us-east-1", source=f"aws.{record.source.partition('.')[0]}"),
    )


FORGED = [
    forged(call("ConsoleLogin", eventSource="signin.amazonaws.com")),
    forged(call("CreateAccessKey")),
    forged(tag("until=2026-11-24T18:00Z ticket=SEC-142")),
    forged(tag(None)),
    forged(assume_root()),
    forged(stop_logging()),
    forged(done("GetCallerIdentity", "sts")),
]


@pytest.mark.parametrize("record", FORGED, ids=lambda record: record.name)
def test_a_record_of_another_account_is_told_of_its_sender_and_does_nothing_else(record):
    journal = Journal()
    plan = journal.take(record)
    assert (plan.disposition, plan.kind, plan.fact.severity) == ("watch", "tampering", "high")
    assert plan.fact.account == plan.incident.account == THIRD
    assert (plan.task, plan.taggings, plan.tags, plan.failure, plan.waits_for, plan.seen) == (
        None,
        (),
        (),
        None,
        None,
        (),
    )
    assert [page.split("/")[1].startswith(THIRD) for page in journal.pages] == [True]
    assert journal.store.known_tasks == journal.store.known_tags == {}
    assert all(scope.startswith("watch/tampering/333344445555/") for scope in journal.store.pointers)


def pages(records):
    journal = Journal()
    for record in records:
        journal.take(record)
    return journal.pages


def test_forged_records_of_one_sender_fold():
    assert len(pages(FORGED)) == 1


def test_a_forged_event_id_marks_no_genuine_record():
    genuine = call("CreateAccessKey")
    journal = Journal()
    journal.take(forged(genuine))
    assert journal.take(genuine).disposition == "opened"


UNREADABLE = Unreadable(key="0a11ab1e", reason="it is not a JSON object", mentions_root=True)


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(account=ACCOUNT, region="us-east-1", source="aws.partner/example.com"),
        Envelope(account=ACCOUNT, region="us-east-1", source="com.example"),
        Envelope(account=ACCOUNT, region="us-east-1", source="aws.iam", replay_name="again"),
    ],
)
@pytest.mark.parametrize("record", [call("CreateAccessKey"), stop_logging(), assume_root(), UNREADABLE])
def test_what_is_not_believed_marks_no_genuine_record_however_often_it_comes(record, envelope):
    """Else whoever cuts a rule, archives their bus and replays it would have the log file's record for a duplicate."""
    journal = Journal()
    for _ in range(2):
        journal.take(msgspec.structs.replace(record, envelope=envelope))
    assert journal.notices == []
    assert journal.take(record).disposition != "ignored"


def test_a_record_whose_envelope_agrees_is_not_forged():
    assert not watch.is_forged(stop_logging())
    assert not watch.is_forged(call("CreateAccessKey"))
    bare = msgspec.structs.replace(stop_logging(), recipient=None)
    assert not watch.is_forged(bare)


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(account=MANAGEMENT, region="us-east-1", source="aws.partner/example.com"),
        Envelope(account=MANAGEMENT, region="us-east-1", source="com.example"),
        Envelope(account=MANAGEMENT, region="us-east-1", source="aws.sts", replay_name="replay"),
    ],
)
@pytest.mark.parametrize("record", [assume_root(), tag("until=2026-11-24T18:00Z"), stop_logging(account=MANAGEMENT)])
def test_what_does_not_come_from_cloudtrail_now_is_no_task_no_tag_and_no_event(record, envelope):
    journal = Journal()
    plan = journal.take(msgspec.structs.replace(record, envelope=envelope))
    assert plan.disposition == "ignored"
    assert (plan.task, plan.fact) == (None, None)
    assert journal.store.known_tasks == {}


_KEYS = [
    *("name", "accountId", "resourceId", "tags", "tagKeys", "key", "value", "servicePrincipal", "targetPrincipal"),
    *(
        "type",
        "arn",
        "sessionContext",
        "sessionIssuer",
        "invokedBy",
        "createAccountStatus",
        "closeAccountStatus",
        "state",
    ),
]
_FIELDS = ["requestParameters", "serviceEventDetails", "userIdentity", "errorCode", "eventTime", "sourceIPAddress"]
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**13), 10**13)
    | st.text(max_size=20)
    | st.sampled_from([ACCOUNT, "rootwatch", "break-glass", "until=2026-11-24T18:00Z"])
)
_json = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)
_names = st.sampled_from(
    ["TagResource", "UntagResource", "AssumeRoot", "StopLogging", "DeleteRule", "CloseAccount", "CreateAccountResult"]
) | st.text(max_size=8)
_sources = st.sampled_from(["organizations", "sts", "cloudtrail", "events", "account"]).map(
    lambda s: f"{s}.amazonaws.com"
)


@given(
    name=_names,
    source=_sources,
    parts=st.fixed_dictionaries({}, optional=dict.fromkeys([*_FIELDS, "recipientAccountId", "eventType"], _json)),
    sender=st.sampled_from([MANAGEMENT, ACCOUNT, None]),
)
def test_no_record_makes_it_raise_and_its_scope_fits_into_a_key(name, source, parts, sender):
    envelope = Envelope(account=sender, region=None, source="aws.sts") if sender else None
    item = from_body(body(name, account=MANAGEMENT, eventSource=source) | parts, envelope)
    assert isinstance(item, Record | Unreadable)
    fact = watch.watch_fact(item, {}, settings(), NOON)
    if fact:
        assert len(watch.scope(fact).encode()) < 120
        assert len(msgspec.json.encode(fact)) < 8_000
    Journal().take(item, NOON + timedelta(minutes=1))
