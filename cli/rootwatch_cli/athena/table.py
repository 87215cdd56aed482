"""Where the log files lie, and the table over them: partitions are worked out by Athena, none is ever loaded.

Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from rootwatch_cli.athena import schema

SERDE: Final = "org.apache.hive.hcatalog.data.JsonSerDe"
INPUT_FORMAT: Final = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
OUTPUT_FORMAT: Final = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
DATABASE: Final = "rootwatch"
# What the hub's stack makes over a trail of our own.
DEPLOYED_TABLE: Final = "cloudtrail"
DEPLOYED_WORKGROUP: Final = "rootwatch"
# No trail is older: CloudTrail began in this month.
FIRST_DAY: Final = "2013/11/01"
_ROOT: Final = re.compile(r"s3://[^/'\s]+/(?:[^'\s]+/)?AWSLogs/(?:o-[a-z0-9]{10,32}/)?\Z")


class LogTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table over the log files below ``root``: ``s3://bucket/[prefix/]AWSLogs/[o-…/]``.

    A query names its accounts, since nobody knows an organisation's beforehand; Regions are listed, days counted.
    """

    root: str
    regions: tuple[str, ...]
    database: str = DATABASE
    given_name: str = ""

    def __post_init__(self) -> None:
        if not _ROOT.match(self.root):
            raise ValueError(f"{self.root} is not a place of CloudTrail's log files")

    @property
    def name(self) -> str:
        """The same for the same place, Regions and columns; another for any other."""
        content = "\0".join((self.root, *self.regions, *(part for column in schema.columns() for part in column)))
        return self.given_name or f"cloudtrail_{hashlib.sha256(content.encode()).hexdigest()[:8]}"

    @property
    def properties(self) -> dict[str, str]:
        """The table's properties, by which Athena works out the partitions."""
        return {
            "EXTERNAL": "TRUE",
            "projection.enabled": "true",
            "projection.account.type": "injected",
            "projection.region.type": "enum",
            "projection.region.values": ",".join(self.regions),
            "projection.day.type": "date",
            "projection.day.format": "yyyy/MM/dd",
            # A log file lies under the day of its delivery in UTC, which may have begun.
            "projection.day.range": f"{FIRST_DAY},NOW+1DAYS",
            "projection.day.interval": "1",
            "projection.day.interval.unit": "DAYS",
            "storage.location.template": f"{self.root}${{account}}/CloudTrail/${{region}}/${{day}}/",
        }

    def statements(self) -> Sequence[str]:
        """What makes the database and the table where they are not there yet."""
        columns = ",\n  ".join(f"`{name}` {kind}" for name, kind in schema.columns())
        partitions = ", ".join(f"`{name}` {kind}" for name, kind in schema.PARTITIONS)
        properties = ",\n  ".join(f"'{key}' = '{value}'" for key, value in self.properties.items() if key != "EXTERNAL")
        makes_table = (
            f"CREATE EXTERNAL TABLE IF NOT EXISTS `{self.database}`.`{self.name}` (\n  {columns}\n)\n"
            f"PARTITIONED BY ({partitions})\n"
            f"ROW FORMAT SERDE '{SERDE}'\n"
            f"STORED AS INPUTFORMAT '{INPUT_FORMAT}'\n"
            f"OUTPUTFORMAT '{OUTPUT_FORMAT}'\n"
            f"LOCATION '{self.root}'\n"
            f"TBLPROPERTIES (\n  {properties}\n)"
        )
        return (f"CREATE DATABASE IF NOT EXISTS `{self.database}`", makes_table)
