"""A bucket's notification configuration with EventBridge on, and everything that was there kept.

PutBucketNotificationConfiguration replaces the whole: what is not sent again is gone.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

import difflib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from rootwatch.core.sections import Trail

_EVENT_BRIDGE: Final = "EventBridgeConfiguration"
_SUFFIXES: Final = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}


def as_read(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration in S3's answer, which carries other things too."""
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def tells(configuration: Mapping[str, Any]) -> bool:
    """Whether the bucket tells EventBridge of its objects. The element has no content: that it is there says it."""
    return _EVENT_BRIDGE in configuration


def telling(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The same configuration, EventBridge told besides."""
    return {**configuration, _EVENT_BRIDGE: {}}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What would change, as lines that begin with ``+`` or ``-``, the rest around them."""
    return "\n".join(difflib.ndiff(_lines(before), _lines(after)))


def key_statement(trail: Trail, partition: str) -> str:
    """What a key of another account must say besides, so that the log files can be read.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    suffix = _SUFFIXES.get(partition, "amazonaws.com")
    statement = {
        "Sid": "RootwatchReadsLogFiles",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{trail.bucket_account}:role/rootwatch/rootwatch-log-reader"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": f"s3.{trail.bucket_region}.{suffix}"}},
    }
    return msgspec.json.format(msgspec.json.encode(statement)).decode()


def _lines(configuration: Mapping[str, Any]) -> list[str]:
    text = msgspec.json.format(msgspec.json.encode(dict(configuration), order="sorted")).decode()
    return text.splitlines()
