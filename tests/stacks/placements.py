"""Every way to deploy, as changes of the settings in the repository's cdk.json."""

from collections.abc import Mapping
from typing import Any

# A trail that is there: in Control Tower's way, its bucket and its key in accounts that are not the hub's.
ARCHIVE = "777788889999"
FOREIGN_TRAIL = {
    "bucket": "example-logs",
    "bucket_account": ARCHIVE,
    "bucket_region": "eu-central-1",
    "prefix": "o-exampleorgid",
    "key_arn": "arn:aws:kms:eu-central-1:123456789012:key/11112222-3333-4444-5555-666677778888",
    "trail_arn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/example",
}
FOREIGN_TOPIC_KEY = "arn:aws:kms:us-east-1:123456789012:key/99998888-7777-6666-5555-444433332222"

PLACEMENTS: Mapping[str, Mapping[str, Any]] = {
    # The hub in a security account of its own, as cdk.json has it.
    "delegated": {},
    # The hub in the management account, with no channel but SNS.
    "in_management": {
        "hub_account": "111122223333",
        "slack": None,
        "pagerduty": None,
        "emails": [],
        "operations": None,
        "posture": {"assume_root": True},
    },
    # All that a team can bring: a trail with bucket and key, topics; and the hub outside of the watched units.
    "foreign": {
        "trail": FOREIGN_TRAIL,
        "topic": {"arn": "arn:aws:sns:us-east-1:123456789012:security", "key_arn": FOREIGN_TOPIC_KEY},
        "emails": [],
        "operations": {"topic_arn": "arn:aws:sns:us-east-1:123456789012:platform"},
        "organizational_units": ["ou-a1b2-11111111"],
        "hub_unit": "ou-a1b2-22222222",
        "heartbeat": {"secret": "rootwatch/heartbeat"},
    },
}
