"""The address of a CloudTrail event in the console of its own partition.

Source: https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html (regional endpoints) and the endpoints' pages of
the partitions aws-cn, aws-us-gov and aws-eusc.
"""

import re
from typing import Final

_REGION: Final = re.compile(r"[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}")
_EVENT_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}")
_DOMAINS: Final = {
    "cn-": "console.amazonaws.cn",
    "us-gov-": "console.amazonaws-us-gov.com",
    "eusc-": "console.amazonaws-eusc.eu",
}
_COMMERCIAL: Final = "console.aws.amazon.com"


def event(region: str | None, event_id: str | None) -> str | None:
    """The event's page in CloudTrail's event history; None for a region or an id that is none."""
    if not _EVENT_ID.fullmatch(event_id or "") or not _REGION.fullmatch(region or ""):
        return None
    domain = next((d for prefix, d in _DOMAINS.items() if (region or "").startswith(prefix)), _COMMERCIAL)
    return f"https://{region}.{domain}/cloudtrailv2/home?region={region}#/events/{event_id}"
