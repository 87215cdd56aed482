"""What is awaited of EventBridge, a deployed rule forwards: else every such record would be booked as a lost path."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from ministack.services import eventbridge

from rootwatch.catalogue.watch.row import read_toml_files
from rootwatch.core.paths import rule_of
from rootwatch.core.record import Envelope, from_body
from rootwatch.core.words import RuleName
from stacks import names, patterns
from tests.support.fixtures import cases
from tests.support.records import MANAGEMENT, NOON, body, settings
from tests.support.watch import by

PATTERNS = {
    names.ROOT_USE_RULE: patterns.ROOT_USE,
    names.WATCH_EVENTS_RULE: patterns.WATCH_EVENTS,
    names.TAMPERING_RULE: patterns.TAMPERING,
}


def bodies() -> Iterator[Mapping[str, Any]]:
    """Every record that the tests know of, and one of each row of the catalogue of watch events."""
    for case in cases():
        yield from (one for one in (*case.also, case.record) if isinstance(one, dict))
    for row in read_toml_files():
        source = str(row.example.get("eventSource", row.services[0]))
        name = row.name or f"{row.prefix}Any"
        identity = by(f"arn:aws:sts::{MANAGEMENT}:assumed-role/Admin/eve", MANAGEMENT)
        made = body(name, account=MANAGEMENT, eventSource=source, userIdentity=identity)
        yield {**made, **row.example}


def test_the_rules_are_called_as_the_core_calls_them() -> None:
    assert set(get_args(RuleName)) == PATTERNS.keys()


def test_the_rule_that_a_record_is_awaited_of_lets_it_through() -> None:
    awaited = Counter[str]()
    for value in bodies():
        account = str(value.get("recipientAccountId") or MANAGEMENT)
        item = from_body(value, Envelope(account=account, region="us-east-1", source=None))
        rule = rule_of(item, settings(), NOON)
        if rule is None:
            continue
        awaited[rule] += 1
        source = str(value.get("eventSource", "")).partition(".")[0]
        event = {"Source": f"aws.{source}", "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(value)}
        assert eventbridge._matches_pattern(patterns.text(PATTERNS[rule]), event), (rule, value)
    assert all(awaited[rule] > 5 for rule in PATTERNS), awaited
