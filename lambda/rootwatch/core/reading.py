"""From any wrapping to records: EventBridge, log files, SQS, SNS, CloudWatch Logs, lists, JSON lines.

Each thing that stands where a record should stand comes out once, in order, as a Record or as Unreadable: one bad
record never stops its neighbours.
"""

import base64
import binascii
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from rootwatch.core import fields
from rootwatch.core.documents import split
from rootwatch.core.record import Envelope, Record, Unreadable, digest, from_body, looks_like_a_record, mentions_root

Item = Record | Unreadable

_DEPTH: Final = 6
# In JSON a string decodes to Root only if the text holds it so, or spells one of its letters as an escape.
_SAYS_ROOT: Final = re.compile(r'"Root\\?"|:root\b|\\u0052|\\u006[fF]|\\u0074')


def read_text(content: str, envelope: Envelope | None = None, depth: int = 0) -> Iterator[Item]:
    """Reads a text: a queue message's body, say. What is damaged in it comes out last, as one Unreadable."""
    values, damage = split(content)
    for value in values:
        yield from read(value, envelope, depth)
    if damage:
        yield Unreadable(
            key=digest("damaged", damage.rest),
            reason="it is not valid JSON",
            mentions_root=_SAYS_ROOT.search(damage.rest) is not None,
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
        source=fields.text(value.get("source"), 256),
        replay_name=fields.text(value.get("replay-name"), 128),
    )
    detail = value["detail"]
    if isinstance(detail, Mapping):
        yield from _from_record(detail, envelope)
    else:
        yield _unreadable(detail, "the detail of its EventBridge event is not an object", envelope)


def _from_record(value: Mapping[str, object], envelope: Envelope | None) -> Iterator[Item]:
    if looks_like_a_record(value):
        yield from_body(value, envelope)
    else:
        yield _unreadable(value, "it has none of the fields of a CloudTrail record", envelope)


def _from_wrapping(value: Mapping[str, object], envelope: Envelope | None, depth: int) -> Iterator[Item]:
    """Log files and Lambda events ("Records"), SNS notifications, queue messages, CloudWatch Logs."""
    records = value.get("Records")
    inner = _carried_text(value)
    data = fields.inside(value, "awslogs", "data")
    events = value.get("logEvents")
    if isinstance(records, list):
        yield from read(records, envelope, depth)
    elif inner is not None:
        yield from read_text(inner, envelope, depth + 1)
    elif isinstance(data, str):
        yield from _from_awslogs(data, envelope, depth)
    elif isinstance(events, list):
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
    """The JSON text inside an SQS message (either spelling), an SNS notification, or Lambda's SNS record."""
    for path in (("body",), ("Body",), ("Message",), ("Sns", "Message")):
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
    if fields.inside(value, "messageType") != "CONTROL_MESSAGE":
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
