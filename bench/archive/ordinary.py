"""An ordinary day's records, as texts: quickly, since there are millions of them.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import random
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from bench.archive.fillers import Fillers, Template
from bench.archive.layout import Place
from bench.archive.principals import Caller, person_or_role, service

_READS: Final = ("Describe", "Get", "List", "Lookup", "Batch", "Decrypt", "Generate", "AssumeRole")
_AT_ONCE: Final = 24  # kinds of calls in one file: five minutes of one account and Region hold a few, over and over
_CALLERS: Final = 8
_DENIED: Final = 0.02


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of call, as `events.toml` has it."""

    source: str
    name: str
    weight: int
    request: str
    response: str = "null"
    resources: str = ""
    additional: str = ""
    details: str = ""
    readonly: bool | None = None
    by: Literal["caller", "service", "event", "console"] = "caller"


class _Kind:
    """A kind of call, made ready for one place: what does not change stands in texts."""

    def __init__(self, event: Event, place: Place) -> None:
        reads = event.name.startswith(_READS) if event.readonly is None else event.readonly
        types = {"event": "AwsServiceEvent", "console": "AwsConsoleSignIn"}
        host = f"{event.source}.{place.region}.amazonaws.com"
        self.by = event.by
        self.host = host
        self.head = (
            f'","eventSource":"{event.source}.amazonaws.com","eventName":"{event.name}","awsRegion":"{place.region}",'
            '"sourceIPAddress":"'
        )
        self.denied = (
            f'"errorCode":"AccessDenied","errorMessage":"User is not authorized: {event.source}:{event.name}",'
            '"requestParameters":null,"responseElements":null'
        )
        resources = f',"resources":{event.resources}' if event.resources else ""
        additional = f',"additionalEventData":{event.additional}' if event.additional else ""
        details = f',"serviceEventDetails":{event.details}' if event.details else ""
        self.body = Template(f'"requestParameters":{event.request},"responseElements":{event.response}{additional}')
        self.tail = Template(
            f'"readOnly":{"true" if reads else "false"}{resources},"eventType":"{types.get(event.by, "AwsApiCall")}",'
            f'"managementEvent":true,"recipientAccountId":"{place.account}"{details},"eventCategory":"Management"'
        )


def ordinary(place: Place, count: int, rng: random.Random) -> Iterator[str]:
    """So many records of one account and Region, in JSON, in the order of a log file."""
    fill = Fillers(place, rng)
    kinds = [_Kind(event, place) for event in rng.choices(*_events(), k=min(_AT_ONCE, count))]
    people = [person_or_role(place, fill, rng) for _ in range(min(_CALLERS, count))]
    services = [service(place, fill, rng) for _ in range(min(_CALLERS, count))]
    for at in _times(place, count):
        kind = rng.choice(kinds)
        yield _record(kind, rng.choice(services if kind.by in ("service", "event") else people), at, fill, rng)


def _record(kind: _Kind, caller: Caller, at: str, fill: Fillers, rng: random.Random) -> str:
    body = kind.denied if rng.random() < _DENIED else kind.body.fill(fill.by_name)
    return (
        f'{{"eventVersion":"1.11","userIdentity":{caller.identity},"eventTime":"{at}{kind.head}{caller.address}",'
        f'"userAgent":"{caller.agent}",{body},"requestID":"{fill.uuid()}","eventID":"{fill.uuid()}",'
        f"{kind.tail.fill(fill.by_name)}{caller.tls(kind.host)}}}"
    )


def _times(place: Place, count: int) -> Iterator[str]:
    """Times over the five minutes that a log file tells of."""
    texts = [f"{place.time + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}" for second in range(300)]
    return (texts[number * 300 // count] for number in range(count))


@cache
def _events() -> tuple[list[Event], list[int]]:
    """All kinds of calls, and how often each comes."""
    found = tomllib.loads((Path(__file__).parent / "events.toml").read_text("utf-8"))["event"]
    events = msgspec.convert(found, list[Event])
    return events, [event.weight for event in events]
