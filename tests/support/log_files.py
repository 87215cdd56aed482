"""Log files as CloudTrail writes them, and what S3 tells of them."""

import gzip
import itertools
import json
from datetime import datetime
from typing import Any

from tests.support.records import ACCOUNT, NOON

BUCKET = "rootwatch-trail-444455556666-eu-central-1"
_numbers = itertools.count(1)


def log_file(*bodies: dict[str, Any]) -> bytes:
    """The bytes of a log file with these records."""
    return gzip.compress(json.dumps({"Records": list(bodies)}).encode(), mtime=0)


def log_file_key(
    account: str = ACCOUNT,
    region: str = "us-east-1",
    at: datetime = NOON,
    *,
    organisation: str = "o-exampleorgid",
    prefix: str = "",
) -> str:
    """The key of an organisation trail's log file, another one at each call.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """
    day, time = f"{at:%Y/%m/%d}", f"{at:%Y%m%dT%H%MZ}"
    name = f"{account}_CloudTrail_{region}_{time}_{next(_numbers):016d}.json.gz"
    return f"{prefix}AWSLogs/{organisation}/{account}/CloudTrail/{region}/{day}/{name}"


def object_created(key: str, *, bucket: str = BUCKET, version: str | None = None, **changes: Any) -> str:
    """The message that EventBridge puts into the queue when S3 has the object.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    versioned = {"version-id": version} if version else {}
    event = {
        "version": "0",
        "id": f"17793124-05d4-b198-2fde-{next(_numbers):012d}",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "444455556666",
        "time": "2026-11-24T12:05:00Z",
        "region": "eu-central-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {
                "key": key,
                "size": 5,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                **versioned,
                "sequencer": "0",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "cloudtrail.amazonaws.com",
            "reason": "PutObject",
        },
        **changes,
    }
    return json.dumps(event)
