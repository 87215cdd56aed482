"""Who is in the archive's organisation, and where a log file of theirs lies.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

ORGANISATION: Final = "o-exampleorgid"
MANAGEMENT: Final = "111122223333"
HUB: Final = "444455556666"
ACCOUNTS: Final = (
    MANAGEMENT, HUB, "777788889999", "123456789012", "210987654321", "222233334444", "333344445555", "555566667777",
    "666677778888", "888899990000", "999900001111", "000011112222",
)  # fmt: skip
# Where much is done comes first; how much follows from the place.
REGIONS: Final = (
    "us-east-1", "eu-central-1", "us-west-2", "eu-west-1", "us-east-2", "ap-southeast-2", "ap-northeast-1", "eu-west-2",
    "us-west-1", "ca-central-1", "eu-west-3", "eu-north-1", "sa-east-1", "ap-southeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",
)  # fmt: skip
# As settings.json has them: whose word counts about other accounts decides what concerns us.
SETTINGS: Final[Mapping[str, object]] = {
    "organization_id": ORGANISATION,
    "management_account": MANAGEMENT,
    "hub_account": HUB,
    "hub_region": REGIONS[0],
    "organizational_units": ["r-abcd"],
    "regions": list(REGIONS),
}


class Place(msgspec.Struct, frozen=True):
    """The account and Region of a log file, and the time of its records (UTC)."""

    account: str
    region: str
    time: datetime

    def key(self, mark: str) -> str:
        """The log file's key in the bucket; ``mark`` are the 16 characters that CloudTrail makes names unique with."""
        name = f"{self.account}_CloudTrail_{self.region}_{self.time:%Y%m%dT%H%MZ}_{mark}.json.gz"
        return f"{self._folder('CloudTrail')}/{name}"

    def digest_key(self) -> str:
        """The key of the digest file of that hour."""
        name = f"{self.account}_CloudTrail-Digest_{self.region}_organisation_us-east-1_{self.time:%Y%m%dT%H%M%SZ}"
        return f"{self._folder('CloudTrail-Digest')}/{name}.json.gz"

    def _folder(self, kind: str) -> str:
        return f"AWSLogs/{ORGANISATION}/{self.account}/{kind}/{self.region}/{self.time:%Y/%m/%d}"
