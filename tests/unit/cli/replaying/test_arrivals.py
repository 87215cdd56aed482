"""Records come back as they were found, in the order of their times; what has none has its place too."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.archive import Damage, Found
from rootwatch.core.reading import read, read_text
from rootwatch.core.record import Envelope, Record
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.replaying.arrivals import Arrivals
from tests.support.records import ACCOUNT, NOON, after, body, call, sign_in

FILE = (
    f"AWSLogs/o-exampleorgid/{ACCOUNT}/CloudTrail/us-east-1/2026/11/24/{ACCOUNT}_CloudTrail_us-east-1_{{}}_Ab12.json.gz"
)
LATER = FILE.format("20261124T1500Z")


def arrived(*found, otherwise=NOON):
    arrivals = Arrivals(Selection())
    assert len(list(arrivals.take_all(found))) == len(arrivals)
    return list(arrivals.in_order(otherwise))


def test_records_come_in_the_order_of_their_event_times():
    items = [sign_in(after(minute)) for minute in (3, 1, 2)]
    assert [one.at for one in arrived(*(Found(item, "a") for item in items))] == [after(1), after(2), after(3)]


def test_a_record_comes_back_as_it_was():
    item = call("CreateUser", requestParameters={"userName": "\ud800", "deep": [1.5, None, {"a": True}]})
    [one] = arrived(Found(item, "a"))
    assert one.item == item


def test_what_could_not_be_read_comes_back_as_it_was():
    [item] = read_text('{"userIdentity": {"type": "Root"', None)
    [one] = arrived(Found(item, "a"))
    assert one.item == item


def test_damage_is_no_record():
    assert arrived(Damage("a", 0, "is damaged gzip")) == []


def test_a_record_without_a_time_comes_when_its_file_was_written():
    [timeless] = read(body("CreateUser", eventTime=None), Envelope(account=ACCOUNT, region=None, source=None))
    arrivals = arrived(Found(timeless, LATER), Found(sign_in(after(300)), LATER), Found(sign_in(), LATER))
    assert [one.at for one in arrivals] == [NOON, after(180), after(300)]
    assert isinstance(arrivals[1].item, Record)
    assert arrivals[1].item.time is None


@pytest.mark.parametrize("name", ["records.json", FILE.format("20269999T9999Z"), "-"])
def test_a_record_without_a_time_in_a_file_without_one_comes_last(name):
    [timeless] = read(body("CreateUser", eventTime="soon"))
    first, last = arrived(Found(timeless, name), Found(sign_in(after(9)), name))
    assert (first.at, last.at) == (after(9), after(9))
    assert timeless.key in (first.item.key, last.item.key)


def test_where_no_record_has_a_time_it_is_the_one_that_is_handed_in():
    [timeless] = read(body("CreateUser", eventTime=None))
    [one] = arrived(Found(timeless, "a"), otherwise=after(7))
    assert one.at == after(7)


def test_a_record_of_another_account_than_asked_for_only_explains():
    arrivals = Arrivals(Selection(accounts=frozenset({"444455556666"}), since=NOON - timedelta(days=1)))
    list(arrivals.take_all([Found(sign_in(), "a"), Found(sign_in(account="444455556666"), "a")]))
    assert sorted(one.asked for one in arrivals.in_order(NOON)) == [False, True]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["eventTime", "requestParameters", "userIdentity", "sourceIPAddress"]), JSON))
def test_whatever_a_record_holds_it_comes_back(changes):
    [item] = read(json.loads(json.dumps({**body("CreateUser"), **changes})))
    [one] = arrived(Found(item, "a"))
    assert one.item == item
