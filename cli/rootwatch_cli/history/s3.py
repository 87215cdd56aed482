"""Log files in S3: of a trail's bucket, only what the accounts, Regions and days asked for can hold is listed."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rootwatch_cli.history.files import Listed, LogFile, SetAside, why_not
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.settings_file import BadInputError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_URL: Final = re.compile(r"s3://(?P<bucket>[^/]+)(?:/(?P<prefix>.*))?\Z", re.DOTALL)
_REGION_FOLDER: Final = re.compile(
    r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{10,32}/)?(?P<account>[0-9]{12})/(?:(?P<kind>[A-Za-z-]+)/(?:(?P<region>[a-z0-9-]+)/)?)?\Z"
)
STREAMS: Final = 16  # at once, in each process


@lru_cache(maxsize=1)
def client(profile: str | None) -> "S3Client":
    """S3, with the credentials and the Region of the usual AWS environment, or of a profile. One for each process."""
    config = Config(retries={"mode": "adaptive", "total_max_attempts": 10}, max_pool_connections=STREAMS)
    return boto3.Session(profile_name=profile).client("s3", config=config)


def list_bucket(url: str, selection: Selection, profile: str | None) -> Iterator[Listed]:
    """The log files below ``s3://bucket/prefix``. Raises BadInputError where the bucket can't be listed."""
    named = _URL.match(url)
    if named is None:
        raise BadInputError(f"{url} is not a place in S3: write s3://bucket or s3://bucket/prefix.")
    bucket, prefix = named["bucket"], named["prefix"] or ""
    try:
        yield from _below(client(profile), bucket, prefix, selection)
    except (BotoCoreError, ClientError) as error:
        raise BadInputError(f"{url} can't be listed: {error}.") from None


def _below(s3: "S3Client", bucket: str, prefix: str, selection: Selection) -> Iterator[Listed]:
    """Folder by folder, down to a trail's Region; below it by the day, a thousand keys an answer."""
    waiting = [prefix]
    while waiting:
        folder = waiting.pop()
        place = _REGION_FOLDER.search(folder)
        reason = _not_asked_for(folder, selection)
        if reason:
            yield SetAside(name=f"s3://{bucket}/{folder}", reason=reason)
        elif place and place["region"]:
            yield from _by_day(s3, bucket, folder, selection)
        else:
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, Delimiter="/"):
                waiting += [below["Prefix"] for below in page.get("CommonPrefixes", ())]
                for found in page.get("Contents", ()):
                    yield from _sorted_out(bucket, found["Key"], found["Size"], selection)


def _not_asked_for(folder: str, selection: Selection) -> str | None:
    place = _REGION_FOLDER.search(folder)
    if place is None:
        return None
    if place["kind"] not in (None, "CloudTrail"):
        return "a folder of digest files" if place["kind"] == "CloudTrail-Digest" else "a folder of other logs"
    if not selection.takes_place(place["account"], place["region"]):
        return "a folder of another account or Region"
    return None


def _by_day(s3: "S3Client", bucket: str, folder: str, selection: Selection) -> Iterator[Listed]:
    """A Region's keys are in the order of their days: listing starts at the first, and ends after the last."""
    first, last = selection.first_day, selection.last_day
    start = f"{folder}{first:%Y/%m/%d}" if first else folder
    end = f"{folder}{last:%Y/%m/%d}/\U0010ffff" if last else None
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, StartAfter=start):
        for found in page.get("Contents", ()):
            if end and found["Key"] > end:
                return
            yield from _sorted_out(bucket, found["Key"], found["Size"], selection)


def _sorted_out(bucket: str, key: str, size: int, selection: Selection) -> Iterator[Listed]:
    if key.endswith("/") and size == 0:
        return  # what the S3 console makes in place of a folder
    name, reason = f"s3://{bucket}/{key}", why_not(key, selection)
    yield SetAside(name=name, reason=reason) if reason else LogFile(name=name, size=size, bucket=bucket, key=key)
