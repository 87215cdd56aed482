"""What the key of an object in a trail's bucket, or the path of its copy, says of a log file.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

import re
from typing import Final

from rootwatch.core.record import Envelope

_LOG: Final = re.compile(
    r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{10,32}/)?(?P<account>[0-9]{12})/CloudTrail/(?P<region>[a-z0-9-]+)/"
    r"[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]+\Z"
)


# Config's history, flow logs and the like lie in a bucket beside CloudTrail's, each in a folder of its own.
_SERVICE: Final = re.compile(r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{10,32}/)?[0-9]{12}/(?P<service>[A-Za-z-]+)/")


def envelope_of(key: str) -> Envelope | None:
    """The account and Region whose log file lies at this key; None where the key names none."""
    found = _LOG.search(key)
    return Envelope(account=found["account"], region=found["region"], source=None) if found else None


def is_log_file(key: str) -> bool:
    """Whether a log file of CloudTrail's own lies at this key."""
    return _LOG.search(key) is not None


def is_digest(key: str) -> bool:
    """Whether a digest file lies at this key: it vouches for log files and is none."""
    return "/CloudTrail-Digest/" in key


def is_of_another_service(key: str) -> bool:
    """Whether what lies at this key is in the folder of something else than CloudTrail's log files."""
    found = None if is_log_file(key) else _SERVICE.search(key)
    return found is not None and found["service"].lower() != "cloudtrail"
