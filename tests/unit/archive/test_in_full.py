"""Files that CloudTrail did not write as they are: read in full, in parts if they are large, and nothing is lost."""

import json
import sys

import pytest

from rootwatch.archive import search, unpack
from tests.support.oracle import by_engine, by_hand, log_file, ordinary, packed, told, watch_events

EVENTS = list(watch_events().values())
RECORDS = [record for number, event in enumerate(EVENTS * 30) for record in (ordinary(number), event)]


def _spaced(value):
    return json.dumps(value, indent=2)


TEXTS = {
    "a log file": log_file(RECORDS, _spaced),
    "a list": f"[{','.join(map(_spaced, RECORDS))}]".encode(),
    "the CLI's answer": json.dumps(
        {"Events": [{"CloudTrailEvent": json.dumps(record)} for record in RECORDS]}
    ).encode(),
    "JSON lines": "\n".join(json.dumps(record) for record in RECORDS).encode(),
    "UTF-16": log_file(RECORDS, _spaced).decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_large_file_gives_what_it_gives_at_once(name):
    text = TEXTS[name]
    found, damage = by_engine(packed(text))
    assert len(text) > 2_500_000
    assert told(found) == told(by_hand(text))
    assert len(found) == len(RECORDS) / 2
    assert damage == []


@pytest.mark.parametrize("name", ["a log file", "JSON lines"])
def test_damage_in_the_middle_of_a_large_file_costs_the_records_that_it_touches(name):
    text = TEXTS[name]
    middle = text.index(b"eventVersion", len(text) // 2)
    damaged = text[:middle] + b"\xff" * 20 + text[middle + 20 :]
    found, damage = by_engine(damaged)
    assert len(RECORDS) / 2 - 1 <= len([item for item in found if item.event_id]) <= len(RECORDS) / 2
    assert {one.reason for one in damage} == {"it is not valid JSON"}
    assert all(0 < middle - one.offset < 100 for one in damage)


def test_an_odd_record_in_the_middle_of_an_ordinary_file_costs_no_other():
    for odd in (7, "Root", {"foo": "Root"}, [], {"eventVersion": "1", "x": ["root"]}):
        text = log_file([*RECORDS[:6], odd, *RECORDS[6:12]])
        assert by_engine(text)[0] == by_hand(text), odd


def test_a_value_that_has_no_end_is_a_damage_and_what_follows_is_read():
    endless = b'{"Records":[{"eventVersion":"1.11","text":"' + b"x" * 9_000_000
    text = endless + b"\n" + log_file(RECORDS[:2])
    found, damage = by_engine(packed(text))
    assert [item.event_id for item in found] == [RECORDS[1]["eventID"]]
    assert damage


def test_without_the_fast_libraries_the_standard_library_serves(monkeypatch):
    monkeypatch.setitem(sys.modules, "isal", None)
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    assert unpack.fastest.__wrapped__() is unpack.STANDARD
    assert search.packed([b"StopLogging"], [b"root"]) is None
    assert list(search.fastest([b"StopLogging"], [b"root"])(b"x StopLogging rOOt")) == [(0, 2, 13), (1, 14, 18)]
    monkeypatch.setitem(sys.modules, "ctypes", None)
    assert search.libc([b"StopLogging"], [b"root"]) is None
    assert list(search.fastest([b"StopLogging"], [b"root"])(b"x StopLogging rOOt")) == [(0, 2, 13), (1, 14, 18)]
