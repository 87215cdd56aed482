"""From any wrapping to records: EventBridge, log files, SQS, SNS, CloudWatch Logs, LookupEvents, lists, JSON lines.

Each thing that stands where a record should stand comes out once, in order, as a Record or as Unreadable: one bad
record never stops its neighbours.
"""

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from rootwatch.core import fields
from rootwatch.core.documents import Damage, split
from rootwatch.core.record import (
    Envelope,
    Item,
    Unreadable,
    digest,
    from_body,
    looks_like_a_record,
    mentions_root,
    says_root,
)

_DEPTH: Final = 6
_LISTS: Final = ("Records", "Events", "Messages")
_CARRIED: Final = (("body",), ("Body",), ("Message",), ("Sns", "Message"), ("CloudTrailEvent",))


def read_text(content: str, envelope: Envelope | None = None, depth: int = 0) -> Iterator[Item]:
    """Reads a text: a queue message's body, say. What is damaged in it comes out last, as one Unreadable."""
    values, damage = split(content)
    for value in values:
        yield from read(value, envelope, depth)
    if damage:
        yield damaged(damage, envelope)


def damaged(damage: Damage, envelope: Envelope | None) -> Unreadable:
    """What a damaged text is to us."""
    return Unreadable(
        key=digest("damaged", damage.text),
        reason="it is not valid JSON",
        mentions_root=says_root(damage.text),
        envelope=envelope,
        account=envelope.account if envelope else None,
        region=envelope.region if envelope else None,
    )


def read(value: object, envelope: Envelope | None = None, depth: int = 0) -> Iterator[Item]:
    """Unwraps a decoded JSON value and yields what it holds."""
    if depth > _DEPTH:
        yield _unreadable(value, "it is wrapped too deeply", envelope)
    elif isinstance(value, list):
        for item in value:
            yield from read(item, envelope, depth + 1)
    elif not isinstance(value, Mapping):
        yield _unreadable(value, "it is not a JSON object", envelope)
    elif _is_envelope(value):
        yield from _from_eventbridge(value)
    elif looks_like_a_record(value) and "Records" not in value:
        yield from _from_record(value, envelope)
    else:
        yield from _from_wrapping(value, envelope, depth)


def _is_envelope(value: Mapping[str, object]) -> bool:
    return "detail" in value and ("detail-type" in value or "source" in value)


def _from_eventbridge(value: Mapping[str, object]) -> Iterator[Item]:
    envelope = Envelope(
        account=fields.account_id(value.get("account")),
        region=fields.text(value.get("region"), 64),
        source=_as_said(value.get("source")),
        replay_name=_as_said(value.get("replay-name")),
    )
    detail = value["detail"]
    if isinstance(detail, Mapping):
        yield from _from_record(detail, envelope)
    else:
        yield _unreadable(detail, "the detail of its EventBridge event is not an object", envelope)


def _as_said(value: object) -> str | None:
    """Kept to the letter, since it decides whether an event is believed: tidied up, " aws.iam" would pass."""
    return value[:256] if isinstance(value, str) else None if value is None else "?"


def _from_record(value: Mapping[str, object], envelope: Envelope | None) -> Iterator[Item]:
    if looks_like_a_record(value):
        yield from_body(value, envelope)
    else:
        yield _unreadable(value, "it has none of the fields of a CloudTrail record", envelope)


def _from_wrapping(value: Mapping[str, object], envelope: Envelope | None, depth: int) -> Iterator[Item]:
    """Log files, Lambda events and answers of the AWS CLI (lists), SNS and SQS messages, CloudWatch Logs."""
    records = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
    inner = _carried_text(value)
    data = fields.inside(value, "awslogs", "data")
    events = value.get("logEvents")
    if records is not None:
        yield from read(records, envelope, depth)
    elif inner is not None:
        yield from read_text(inner, envelope, depth + 1)
    elif isinstance(data, str):
        yield from _from_awslogs(data, envelope, depth)
    elif isinstance(events, list):
        if value.get("messageType") == "CONTROL_MESSAGE":
            return  # CloudWatch Logs asks whether we are there
        for event in events:
            yield from _from_log_event(event, envelope, depth)
    else:
        yield _unreadable(value, _what_it_is_instead(value), envelope)


def _from_log_event(event: object, envelope: Envelope | None, depth: int) -> Iterator[Item]:
    message = fields.inside(event, "message")
    if isinstance(message, str):
        yield from read_text(message, envelope, depth + 1)
    else:
        yield _unreadable(event, "its log event has no message", envelope)


def _carried_text(value: Mapping[str, object]) -> str | None:
    """The JSON text in an SQS message (either spelling), an SNS notification or record, a row of LookupEvents."""
    for path in _CARRIED:
        inner = fields.inside(value, *path)
        if isinstance(inner, str):
            return inner
    return None


def _from_awslogs(data: str, envelope: Envelope | None, depth: int) -> Iterator[Item]:
    """CloudWatch Logs subscription data: base64 of gzip of JSON.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    try:
        content = gzip.decompress(base64.b64decode(data, validate=True)).decode("utf-8", "replace")
        value = json.loads(content)
    except (binascii.Error, OSError, EOFError, zlib.error, ValueError, RecursionError):
        # What can't be unpacked may hold root's record: it is told, not dropped.
        yield Unreadable(
            key=digest(data), reason="its CloudWatch Logs data can't be unpacked", mentions_root=True, envelope=envelope
        )
        return
    yield from read(value, envelope, depth + 1)


def _what_it_is_instead(value: Mapping[str, object]) -> str:
    if "digestStartTime" in value:
        return "it is a digest file, not a log file"
    if "s3" in value or fields.text(value.get("Event")) == "s3:TestEvent":
        return "it tells of a file in S3, it is not a record"
    if "Records" in value:
        return "its Records are not a list"
    return "it has none of the fields of a CloudTrail record"


def _unreadable(value: object, reason: str, envelope: Envelope | None) -> Unreadable:
    return Unreadable(
        key=digest(value),
        reason=reason,
        mentions_root=mentions_root(value),
        envelope=envelope,
        account=envelope.account if envelope else None,
        region=envelope.region if envelope else None,
    )
