"""Canaries are passed over by who reads the past, and nothing else is that would have been told."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.archive import envelope_of, read_log_file
from rootwatch.archive.canaries import is_canary_or_none_of_ours
from rootwatch.catalogue import watch
from rootwatch.core.canary import ACTION, SOURCE, canary_of
from rootwatch.core.reading import read
from tests.support.oracle import NAME, corpus, is_ours, log_file, ordinary, watch_events
from tests.support.records import MANAGEMENT, body

_OTHER = "444455556666"
_ACCOUNTS = st.sampled_from([MANAGEMENT, _OTHER])
_ABSENT = object()


def canary(account=MANAGEMENT, issuer=MANAGEMENT, recipient=MANAGEMENT, **changes):
    issued = {"type": "Role", "arn": f"arn:aws:iam::{issuer}:role/rootwatch/rootwatch-canary"}
    who = {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{account}:assumed-role/rootwatch-canary/4a5b6c7d",
        "accountId": account,
        "sessionContext": {"sessionIssuer": issued},
    }
    told = {"eventSource": SOURCE, "userIdentity": who, "recipientAccountId": recipient, "readOnly": True, **changes}
    return {key: value for key, value in body(ACTION, **told).items() if value is not _ABSENT}


def told(content, **how):
    """What one who reads the past would be told of a log file."""
    return list(read_log_file(io.BytesIO(content), NAME, lambda item: not canary_of(item) and is_ours(item), **how))


def test_a_canary_is_passed_over_at_a_glance():
    assert is_canary_or_none_of_ours(_bytes(canary()))
    assert told(log_file([canary(), ordinary(1), canary()]), passes_over=is_canary_or_none_of_ours) == []


@given(
    _ACCOUNTS,
    _ACCOUNTS,
    st.sampled_from([MANAGEMENT, _OTHER, int(MANAGEMENT), None, _ABSENT]),
    st.dictionaries(
        st.sampled_from(
            ["eventSource", "eventName", "eventType", "Records", "detail", "source", "requestParameters", "eventID"]
        ),
        st.sampled_from(
            [SOURCE, ACTION, "iam.amazonaws.com", "AssumeRoot", "Root", None, [], {}, {"type": "Root"}, _ABSENT]
        ),
        max_size=2,
    ),
    st.sampled_from(["AssumedRole", "Root", "root", "IAMUser", "FederatedUser", None]),
    st.sampled_from(["Role", "Root", " root", "IAMUser", None]),
)
def test_whatever_is_passed_over_would_not_have_been_told(account, issuer, recipient, changes, kind, issued):
    record = canary(account, issuer, recipient, **changes)
    record["userIdentity"] |= {"type": kind}
    record["userIdentity"]["sessionContext"]["sessionIssuer"] |= {"type": issued}
    if is_canary_or_none_of_ours(_bytes(record)):
        for item in read(record, envelope_of(NAME), 1):
            assert canary_of(item) or not is_ours(item)
    content = log_file([ordinary(1), record, ordinary(2)])
    assert told(content, passes_over=is_canary_or_none_of_ours) == told(content)


@pytest.mark.parametrize("records", [corpus().values(), watch_events().values()], ids=["corpus", "watch events"])
def test_nothing_that_concerns_us_is_taken_for_a_canary(records):
    content = log_file(list(records))
    assert len(told(content)) > 50
    assert told(content, passes_over=is_canary_or_none_of_ours) == told(content)


def test_no_watch_event_is_a_canary_s_call():
    assert [row for row in watch.load().rows() if SOURCE in row.services and row.names(ACTION)] == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"GetCallerIdentity", b'{"eventName":"GetCallerIdentity"}', b"\xff" * 9]
)
def test_what_is_no_record_is_not_passed_over(content):
    assert not is_canary_or_none_of_ours(content)


def _bytes(record):
    return json.dumps(record, separators=(",", ":")).encode()
