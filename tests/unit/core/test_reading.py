"""A record comes out the same whatever wrapped it, and one bad record never changes what its neighbours yield."""

import base64
import gzip
import json
import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.reading import Item, read, read_text
from rootwatch.core.record import Record, Unreadable
from rootwatch.core.root_use import find
from tests.support.fixtures import cases
from tests.support.records import ACCOUNT, OTHER, body, sign_in_body

CASES = [case.record for case in cases("sign-in", "federated", "service-made", "odd-shapes")]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["Root", "null", "", "aws.x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def event(record: Any, **changes: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.iam",
        "account": ACCOUNT,
        "time": "2026-11-24T12:00:07Z",
        "region": "us-east-1",
        "resources": [],
        "detail": record,
        **changes,
    }


def sns(text: str) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:x",
        "Message": text,
    }


def sqs(text: str) -> dict[str, Any]:
    """An SQS message as Lambda is handed it: it has fields of CloudTrail's records, eventSource and awsRegion."""
    return {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": text,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:rootwatch",
        "awsRegion": "us-east-1",
    }


def logs(*texts: str, message_type: str = "DATA_MESSAGE") -> dict[str, Any]:
    return {
        "messageType": message_type,
        "owner": ACCOUNT,
        "logGroup": "trail",
        "logEvents": [{"id": str(n), "timestamp": 1, "message": text} for n, text in enumerate(texts)],
    }


def packed(value: object) -> dict[str, Any]:
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()}}


WRAPPINGS: dict[str, Callable[[Any], Any]] = {
    "bare": lambda record: record,
    "list": lambda record: [record],
    "log file": lambda record: {"Records": [record]},
    "SQS in Lambda": lambda record: {"Records": [sqs(json.dumps(record))]},
    "SQS by hand": lambda record: {"MessageId": "1", "Body": json.dumps(record)},
    "SQS receive-message": lambda record: {"Messages": [{"MessageId": "1", "Body": json.dumps(record)}]},
    "SNS": lambda record: sns(json.dumps(record)),
    "SNS in SQS": lambda record: {"Records": [sqs(json.dumps(sns(json.dumps(record))))]},
    "SNS in Lambda": lambda record: {"Records": [{"EventSource": "aws:sns", "Sns": sns(json.dumps(record))}]},
    "CloudWatch Logs, packed": lambda record: packed(logs(json.dumps(record))),
    "CloudWatch Logs, unpacked": lambda record: logs(json.dumps(record)),
    "CloudTrail lookup-events": lambda record: {
        "Events": [{"EventId": "1", "EventName": "x", "Username": "root", "CloudTrailEvent": json.dumps(record)}]
    },
}


def only(value: object) -> Item:
    (item,) = read(value)
    return item


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_record_comes_out_the_same_from_every_wrapping(wrapping):
    assert CASES
    for record in CASES:
        assert only(WRAPPINGS[wrapping](record)) == only(record)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_an_eventbridge_event_comes_out_the_same_from_every_wrapping(wrapping):
    wrapped = event(sign_in_body())
    item = only(WRAPPINGS[wrapping](wrapped))

    assert item == only(wrapped)
    assert isinstance(item, Record)
    assert find(item).kind == "sign-in"


@pytest.mark.parametrize("outer", WRAPPINGS)
@pytest.mark.parametrize("inner", WRAPPINGS)
def test_a_wrapping_may_stand_in_another(outer, inner):
    record = sign_in_body()
    assert only(WRAPPINGS[outer](WRAPPINGS[inner](record))) == only(record)


@pytest.mark.parametrize(
    "write",
    [
        json.dumps,
        lambda records: json.dumps({"Records": records}),
        lambda records: "\n".join(json.dumps(record) for record in records),
        lambda records: "\r\n".join(json.dumps(record) for record in records) + "\r\n",
        lambda records: "\n".join(json.dumps(record, indent=2) for record in records),
        lambda records: "".join(json.dumps(record) for record in records),
        lambda records: "\n".join(json.dumps({"Records": [record]}) for record in records),
        lambda records: "\ufeff" + json.dumps(records),
        lambda records: "\ufeff" + "\n\ufeff".join(json.dumps(record) for record in records),
        lambda records: "\n\n  " + ",\n".join(json.dumps(record) for record in records) + "\n\n",
    ],
    ids=["list", "log file", "lines", "CRLF", "pretty", "no gaps", "log files", "BOM", "BOMs", "commas"],
)
def test_records_come_out_the_same_however_they_are_laid_out_in_a_text(write):
    records = [sign_in_body(), body("CreateUser"), body("ListUsers", userIdentity="Root")]
    assert list(read_text(write(records))) == list(read(records))


def test_the_envelopes_account_wins_over_what_the_record_says():
    item = only(event(body("CreateUser", account=OTHER), account=ACCOUNT))
    assert item.account == ACCOUNT
    assert isinstance(item, Record)
    assert item.recipient == OTHER


def test_an_envelope_without_an_account_leaves_the_records_own():
    assert only(event(body("CreateUser", account=OTHER), account=None)).account == OTHER


@pytest.mark.parametrize(
    "change",
    [
        {"source": "aws.partner/example.com/a/b"},
        {"source": "com.example.app"},
        {"source": "aws."},
        {"source": "aws.iam\n"},
        {"source": " aws.iam"},
        {"source": "\u0000aws.iam"},
        {"source": "AWS.iam"},
        {"source": "aws.iam.example"},
        {"source": ["aws.iam"]},
        {"source": 5},
        {"source": ""},
        {"replay-name": "last-week"},
        {"replay-name": 7},
    ],
    ids=str,
)
@pytest.mark.parametrize("detail", [sign_in_body(), "Root", {"userIdentity": "Root"}], ids=["record", "text", "odd"])
def test_what_did_not_come_from_cloudtrail_is_not_believed(change, detail):
    assert find(only(event(detail, **change))).kind is None


def test_the_control_message_of_cloudwatch_logs_is_no_record():
    control = logs("CWL CONTROL MESSAGE: Checking health of destination.", message_type="CONTROL_MESSAGE")
    assert list(read(control)) == list(read(packed(control))) == []


@pytest.mark.parametrize("data", ["", "!", "AAAA", base64.b64encode(gzip.compress(b"{}", mtime=0)[:-9]).decode()])
def test_log_data_that_cannot_be_unpacked_is_told_since_root_may_be_in_it(data):
    item = only({"awslogs": {"data": data}})
    assert isinstance(item, Unreadable)
    assert find(item).kind == "unreadable"


def test_a_wrapping_without_end_is_unreadable_and_still_mentions_root():
    value: Any = sign_in_body()
    for _ in range(20):
        value = {"Message": json.dumps(value)}
    item = only(value)
    assert isinstance(item, Unreadable)
    assert find(item).kind == "unreadable"


@pytest.mark.parametrize("depth", [10, 500, 10_000])
def test_hostile_depth_is_one_unreadable_item_as_a_value_and_as_a_text(depth):
    value: Any = "Root"
    for _ in range(depth):
        value = [value]
    assert isinstance(only(value), Unreadable)
    (as_text,) = read_text("[" * depth + '"Root"' + "]" * depth)
    assert find(only(value)).kind == find(as_text).kind == "unreadable"


def test_a_record_with_a_field_too_deep_to_read_leaves_its_neighbours_alone():
    good = [sign_in_body(), body("CreateUser")]
    deep = json.dumps(body("ListUsers", requestParameters="HERE")).replace('"HERE"', "[" * 20_000 + "]" * 20_000)
    *others, damage = read_text(f'{{"Records": [{json.dumps(good[0])}, {deep}, {json.dumps(good[1])}]}}')
    assert others == list(read(good))
    assert find(damage).kind == "unreadable"


def test_a_record_far_over_100_kb_is_read():
    large = sign_in_body(requestParameters={"policyDocument": "x" * 1_000_000, "list": list(range(20_000))})
    (item,) = read_text(json.dumps(large))
    assert find(item).kind == "sign-in"


def test_odd_numbers_and_texts_are_read_like_any_other():
    record = sign_in_body(requestParameters={"a": math.nan, "b": math.inf, "c": "\ud800", "d": "HERE"})
    (item,) = read_text(json.dumps(record).replace('"HERE"', "7" * 5000))
    assert find(item).kind == "sign-in"


def test_of_a_key_that_stands_twice_the_last_counts():
    twice = json.dumps(sign_in_body()).replace('{"type": "Root"', '{"type": "IAMUser", "type": "Root"')
    (item,) = read_text(twice)
    assert find(item).kind == "sign-in"


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", "{", "]", "nope", '{"Records":[', '"\\ud800', "\x00"])
def test_a_text_without_any_value_is_one_unreadable_item(text):
    (item,) = read_text(text)
    assert isinstance(item, Unreadable)
    assert find(item).kind is None


@pytest.mark.parametrize("levels", range(4))
def test_root_is_seen_in_a_damaged_text_however_often_it_was_packed_as_json(levels):
    text = json.dumps({"userIdentity": {"type": "Root"}})
    for _ in range(levels):
        text = json.dumps({"Message": text})
    (item,) = read_text(text[:-2])
    assert find(item).kind == "unreadable"


def test_damage_elsewhere_is_not_taken_for_root_because_a_neighbour_is():
    *good, damage = read_text('{"Recor\n' + json.dumps(sign_in_body()))
    assert [find(item).kind for item in good] == ["sign-in"]
    assert find(damage).kind is None


@given(field=st.sampled_from([*sign_in_body(), "detail", "Records", "Message", "body"]), value=json_values)
def test_any_json_in_any_field_is_read_and_never_raises(field, value):
    items = list(read({**sign_in_body(), field: value}))
    assert all(find(item).reason for item in items)


@given(path=st.sampled_from(["type", "arn", "accountId", "accessKeyId", "sessionContext"]), value=json_values)
def test_whatever_else_identity_holds_type_root_is_root_use(path, value):
    identity = {**sign_in_body()["userIdentity"], path: value}
    item = only(sign_in_body() | {"userIdentity": identity})
    if identity["type"] == "Root":
        assert find(item).kind is not None


@given(value=json_values)
def test_any_json_is_read_and_never_raises(value):
    for item in read(value):
        assert find(item).reason
        msgspec.json.encode((item.key, find(item).reason, item.account, item.region, item.event_id))


@given(record_like=json_values.filter(lambda value: not isinstance(value, list | dict)))
def test_one_bad_record_never_changes_what_its_neighbours_yield(record_like):
    good = [sign_in_body(), body("CreateUser")]
    items = list(read({"Records": [good[0], record_like, good[1]]}))
    assert len(items) == 3
    assert [items[0], items[2]] == list(read(good))


@given(records=st.lists(json_values.map(lambda value: body("ListUsers", requestParameters=value)), max_size=5))
def test_there_are_as_many_items_as_elements(records):
    assert len(list(read({"Records": records}))) == len(records)
