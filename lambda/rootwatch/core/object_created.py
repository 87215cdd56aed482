"""What S3 tells EventBridge of a new object, and whether it is a log file of ours.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from typing import Final

import msgspec

from rootwatch.core import fields

_KEY: Final = 1024  # bytes; S3's own limit


class ObjectCreated(msgspec.Struct, frozen=True, kw_only=True):
    """A new object. ``version``: None where the bucket has no versions."""

    bucket: str
    key: str
    version: str | None


class NoObject(msgspec.Struct, frozen=True):
    """A message that tells of no new object. ``is_test``: S3 sends it when notifications are switched on."""

    reason: str
    is_test: bool = False


def read_object_created(message: str) -> ObjectCreated | NoObject:
    """Reads a message of the queue. Never raises: anybody in the organisation may have had a part in it."""
    try:
        event = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return NoObject("it is not valid JSON")
    if fields.inside(event, "Event") == "s3:TestEvent":
        return NoObject("S3 tests its notifications", is_test=True)
    if fields.inside(event, "source") != "aws.s3":
        return NoObject("it is not from S3")
    bucket, key = (_as_said(event, *path) for path in (("bucket", "name"), ("object", "key")))
    if bucket is None or key is None:
        return NoObject("it names no object")
    return ObjectCreated(bucket=bucket, key=key, version=_as_said(event, "object", "version-id"))


def _as_said(event: object, *path: str) -> str | None:
    """To the letter: what is asked of S3, and compared with the names of what was deployed."""
    value = fields.inside(event, "detail", *path)
    return value if isinstance(value, str) and 0 < len(value) <= _KEY else None
