"""Log files read the plain and slow way: gzip, JSON, the core. What the engine must find is what this finds."""

import gzip
import io
import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from rootwatch.archive import Damage, Found, envelope_of, read_log_file
from rootwatch.catalogue import rows, watch
from rootwatch.core.concern import concerns
from rootwatch.core.reading import read_text
from rootwatch.core.record import Item, Unreadable
from tests.support.fixtures import cases
from tests.support.records import MANAGEMENT, NOON, body, settings
from tests.support.watch import ADMIN, by

SETTINGS = settings()
PLACE = f"AWSLogs/o-exampleorgid/{MANAGEMENT}/CloudTrail/us-east-1/2026/11/24/"
NAME = f"{PLACE}{MANAGEMENT}_CloudTrail_us-east-1_20261124T1200Z_AbCdEfGhIjKlMnOp.json.gz"


def is_ours(item: Item) -> bool:
    """What concerns us, with the tests' settings."""
    return concerns(item, SETTINGS, NOON)


def by_hand(text: bytes, name: str = NAME) -> list[Item]:
    """What concerns us in a file that holds this text: all of it is parsed."""
    content = text.decode(json.detect_encoding(text), "replace")
    return [item for item in read_text(content, envelope_of(name)) if is_ours(item)]


def by_engine(content: bytes, name: str = NAME) -> tuple[list[Item], list[Damage]]:
    """What the engine finds in a file of this content, and what it can't read."""
    results = list(read_log_file(io.BytesIO(content), name, is_ours))
    return [one.item for one in results if isinstance(one, Found)], [one for one in results if isinstance(one, Damage)]


def told(items: Iterable[Item]) -> list[tuple[Any, ...]]:
    """The items as they can be compared when they were read in pieces: damaged text is divided differently then."""
    return [
        (type(item), item.reason, item.mentions_root) if isinstance(item, Unreadable) else (type(item), item.key)
        for item in items
    ]


def ordinary(number: int, **changes: Any) -> dict[str, Any]:
    """A record that is none of ours."""
    return body(
        "DescribeInstances",
        account=MANAGEMENT,
        eventID=f"11111111-0000-4000-8000-{number:012d}",
        eventSource="ec2.amazonaws.com",
        userIdentity=by(ADMIN, MANAGEMENT),
        requestParameters={"filterSet": {}, "rootDeviceType": "ebs", "note": "the root of it"},
        readOnly=True,
        **changes,
    )


def log_file(records: Iterable[Any], dumps: Callable[[Any], str] | None = None) -> bytes:
    """A log file's text, as CloudTrail writes it unless another writer is given."""
    write = dumps or (lambda value: json.dumps(value, separators=(",", ":")))
    return ('{"Records":[' + ",".join(write(record) for record in records) + "]}").encode("utf-8", "surrogatepass")


def packed(text: bytes, *cuts: int) -> bytes:
    """The text as gzip, a member for each part between the cuts."""
    edges = [0, *sorted(cuts), len(text)]
    return b"".join(gzip.compress(text[a:b], 1) for a, b in pairwise(edges))


def corpus() -> dict[str, Any]:
    """Every record that is known to the tests, by what it is: fixtures, rows of the catalogue, watch events."""
    found = {case.id: case.record for case in cases()}
    found |= {f"{case.id}, also {n}": also for case in cases() for n, also in enumerate(case.also)}
    for service in rows.read_toml_files():
        for number, row in enumerate(service.action):
            name = f"{service.service} {row.name} {number}"
            found[name] = body(row.name, account=MANAGEMENT, **{"eventSource": service.service, **row.example})
    found |= {f"watch: {name}": record for name, record in watch_events().items()}
    return found


def watch_events() -> dict[str, dict[str, Any]]:
    """A record for each row of the watch events, by somebody who is not root."""
    found = {}
    for number, row in enumerate(watch.row.read_toml_files()):
        name = row.name or f"{row.prefix}Something"
        identity = {"eventSource": row.services[0], "userIdentity": by(ADMIN, MANAGEMENT)}
        found[f"{name} {number}"] = body(name, account=MANAGEMENT, **{**identity, **row.example})
    return found
