"""A record's fields are read tolerantly, and its key is the same on every path and at every attempt."""

import itertools
import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core import fields
from rootwatch.core.network import names_aws, network
from rootwatch.core.reading import read
from rootwatch.core.record import digest, mentions_root
from tests.support.records import ACCOUNT, OTHER, body, sign_in_body

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


def key(value):
    (item,) = read(value)
    return item.key


def test_the_same_event_id_in_two_files_is_the_same_record():
    record = sign_in_body()
    assert key(record) == key(json.loads(json.dumps(record))) == record["eventID"]


@pytest.mark.parametrize("event_id", [None, "", "null", "x" * 65, "a/b", "a b", 5, ["a"], "\ud800"])
def test_without_a_usable_event_id_the_facts_of_the_record_are_its_key(event_id):
    record = body("CreateUser", eventID=event_id, requestID="r-1")
    assert key(record) == key(dict(record))
    for change in ({"eventName": "DeleteUser"}, {"eventTime": "2026-11-24T12:00:01Z"}, {"requestID": "r-2"}):
        assert key(record | change) != key(record)
    assert key(record | {"recipientAccountId": OTHER}) != key(record)
    assert key(record | {"userAgent": "another"}) == key(record)


def test_a_record_without_event_id_has_the_same_key_from_eventbridge_and_from_a_log_file():
    record = {name: value for name, value in body("CreateUser").items() if name != "eventID"}
    envelope = {"source": "aws.iam", "detail-type": "x", "account": ACCOUNT, "region": "us-east-1", "detail": record}
    assert key(envelope) == key({"Records": [record]})


def test_a_digest_is_made_of_anything():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    odd = [
        deep,
        10**5000,
        math.nan,
        "\ud800",
        "",
        None,
        True,
        1,
        1.0,
        "1",
        [],
        {},
        ["1"],
        {"1": None},
        [[], []],
        [[[]]],
    ]
    digests = [digest(value) for value in odd]
    assert len(set(digests)) == len(odd)
    assert digests == [digest(value) for value in odd]
    assert all(len(made) == 32 and set(made) <= set("0123456789abcdef") for made in digests)


def test_a_digest_keeps_neighbours_apart():
    apart = [("ab", "c"), ("a", "bc"), ("abc",), (["ab", "c"],), (None, "None"), ("", "abc"), ({"ab": "c"},)]
    assert len({digest(*parts) for parts in apart}) == len(apart)


@given(st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_a_digest_never_raises(value):
    assert digest(value) == digest(value)


@pytest.mark.parametrize(
    "value",
    [
        "Root",
        "root",
        " ROOT ",
        {"Root": 1},
        [{"a": ["arn:aws-cn:iam::111122223333:root"]}],
        '{"type":"Root"}',
        '\\"Root\\"',
    ],
)
def test_root_is_found_wherever_it_is_mentioned(value):
    assert mentions_root(value)


@pytest.mark.parametrize(
    "value", [None, 5, "", "rooted", "arn:aws:iam::111122223333:role/root", {"a": ["uproot"]}, "Roots"]
)
def test_what_only_looks_like_root_is_no_mention(value):
    assert not mentions_root(value)


@pytest.mark.parametrize(
    "value", [None, 5, [], {}, "", "  ", "null", " null ", "\x00", "\x1b\x07", "\u202e", "\x00null"]
)
def test_a_text_of_nothing_is_none(value):
    assert fields.text(value) is None


@given(
    st.text()
    | st.text(st.characters(min_codepoint=0x1F00, max_codepoint=0x2100))
    | st.text(st.characters(categories=["Cc", "Cs"]))
)
def test_a_text_is_short_printable_and_can_be_written_anywhere(value):
    clean = fields.text(value, 20)
    if clean is not None:
        clean.encode()
        assert 0 < len(clean) <= 20
        assert not any(
            char < " " or "\x7f" <= char <= "\x9f" or char in "\u061c\u200e\u200f\u2028\u202e\u2066" for char in clean
        )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-24T12:00:07Z", datetime(2026, 11, 24, 12, 0, 7, tzinfo=UTC)),
        ("2026-11-24T14:00:07+02:00", datetime(2026, 11, 24, 12, 0, 7, tzinfo=UTC)),
        ("2026-11-24T12:00:07.5", datetime(2026, 11, 24, 12, 0, 7, 500000, tzinfo=UTC)),
        (" 2026-11-24T12:00Z ", datetime(2026, 11, 24, 12, 0, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("2026-13-01", None),
        ("\ud800", None),
        ("2" * 100, None),
        (1790000000, None),
    ],
)
def test_a_moment_is_utc_and_can_be_reckoned_with(value, expected):
    assert fields.moment(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "123",
        "1111222233334",
        "11112222333a",
        "١١١١٢٢٢٢٣٣٣٣",
        "111122223333\n",
        -1,
        10**12,
        pytest.param(10**5000, id="huge"),
        1.5,
        True,
    ],
)
def test_an_account_id_is_twelve_digits_or_none(value):
    assert fields.account_id(value) is None


def test_an_account_id_that_became_a_number_gets_its_zeros_back():
    assert fields.account_id(1234567) == "000001234567"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.5", "203.0.113.0/24"),
        ("203.0.113.5, 198.51.100.7", "203.0.113.0/24"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::/48"),
        ("::ffff:203.0.113.5", "203.0.113.0/24"),
        ("AWS Internal", None),
        ("connect.amazonaws.com", None),
        ("203.0.113.005", None),
        (None, None),
    ],
)
def test_a_network_is_what_an_address_belongs_to(address, expected):
    assert network(address) == expected


@given(st.text() | st.sampled_from(["fe80::1%eth0", "fe80::1%" + "x" * 300, "::", "0.0.0.0"]))
def test_no_address_raises(address):
    assert network(address) is None or "/" in network(address)
    assert names_aws(address) in (True, False)


def test_any_field_may_be_missing():
    record = sign_in_body()
    for names in itertools.combinations(record, 2):
        for value in ({n: v for n, v in record.items() if n not in names}, record | dict.fromkeys(names)):
            assert len(list(read(value))) == 1
