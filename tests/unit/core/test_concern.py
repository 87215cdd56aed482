"""Which records of a log file are ours."""

from datetime import UTC, datetime

import pytest

from rootwatch.core.concern import concerns
from rootwatch.core.reading import read
from rootwatch.core.record import Envelope
from tests.support.records import settings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FILE_OF = Envelope(account="111122223333", region="us-east-1", source=None)


def record(**fields):
    return {
        "eventVersion": "1.11",
        "eventID": "6f0a5d5e-1111-4222-8333-444455556666",
        "eventTime": "2026-11-24T11:59:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "userName": "Root", "accountId": "111122223333"},
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "ours"),
    [
        ({}, False),
        ({"userIdentity": {"type": "Root", "accountId": "111122223333"}}, True),
        ({"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoot"}, True),
        ({"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}, True),
        ({"recipientAccountId": "444455556666"}, False),
        ({"recipientAccountId": "444455556666", "userIdentity": {"type": "Root"}}, True),
        ({"userIdentity": ["Root"]}, True),
        ({"userIdentity": ["nobody"]}, False),
    ],
)
def test_a_record_is_ours_if_it_is_root_s_or_matters_to_the_watch(fields, ours):
    (item,) = read(record(**fields), FILE_OF)
    assert concerns(item, settings(), NOW) is ours
