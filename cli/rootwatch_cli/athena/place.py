"""Where the log files lie that Athena is asked about: from a SOURCE, or from the settings' trail."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from rootwatch.core.settings import Settings
from rootwatch_cli.settings_file import BadInputError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SOURCE: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[A-Za-z0-9!_.()/-]*))?\Z")
_LOGS: Final = re.compile(r"(?P<root>(?:.*/)?AWSLogs/(?:o-[a-z0-9]{10,32}/)?)")
_ACCOUNT: Final = re.compile(r"/(?P<account>[0-9]{12})/\Z")


def root_of(names: tuple[str, ...], settings: Settings | None) -> str:
    """``s3://bucket/[prefix/]AWSLogs/[o-…/]``. Raises BadInputError with what to write."""
    if len(names) > 1:
        raise BadInputError("Athena is asked about one place at a time: name one s3://bucket/prefix.")
    source = names[0] if names else _of_the_trail(settings)
    named = _SOURCE.match(source)
    if named is None:
        raise BadInputError(f"{source} is not a place in S3: write s3://bucket or s3://bucket/prefix.")
    bucket, prefix = named["bucket"], (named["prefix"] or "").strip("/")
    logs = _LOGS.match(f"{prefix}/")
    if logs:
        return f"s3://{bucket}/{logs['root']}"
    if settings is None:
        raise BadInputError(
            f"Where in {source} do the log files lie? Write s3://{bucket}/[prefix/]AWSLogs/[o-…/], or give --settings."
        )
    return f"s3://{bucket}/{prefix + '/' if prefix else ''}AWSLogs/{settings.organization_id}/"


def _of_the_trail(settings: Settings | None) -> str:
    trail = settings.trail if settings else None
    if settings is None or trail is None:
        raise BadInputError("Name s3://bucket/prefix, or give --settings with a trail.")
    if trail.create:
        return f"s3://{settings.trail_bucket}"
    return f"s3://{trail.bucket}/{trail.prefix}"


def accounts_below(root: str, s3: "S3Client") -> Iterator[str]:
    """The accounts that have log files there, by their folders. Raises BadInputError."""
    bucket, _, prefix = root.removeprefix("s3://").partition("/")
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/"):
            for folder in page.get("CommonPrefixes", ()):
                account = _ACCOUNT.search(folder["Prefix"])
                if account:
                    yield account["account"]
    except (BotoCoreError, ClientError) as error:
        raise BadInputError(f"The accounts below {root} can't be listed ({error}): name them with --account.") from None
