"""What was seen while log files were read: everything is counted, nothing is left out of the count."""

from collections import Counter

import msgspec

from rootwatch.archive import Damage, Found
from rootwatch.archive.reader import Size
from rootwatch_cli.history.files import LogFile, SetAside


class Totals(msgspec.Struct, kw_only=True):
    """The counts of one reading, kept up while it goes on. Bytes are those of the files as they lie there."""

    listed: int = 0
    listed_bytes: int = 0
    is_listed: bool = False  # whether all files are known by now
    files: int = 0
    bytes: int = 0
    unpacked: int = 0  # bytes of JSON
    found: int = 0
    set_aside: Counter[str] = msgspec.field(default_factory=Counter)  # by reason
    damaged: list[Damage] = msgspec.field(default_factory=list)

    def lists(self, one: LogFile) -> None:
        """One more file to read."""
        self.listed += 1
        self.listed_bytes += one.size

    def sets_aside(self, one: SetAside) -> None:
        """One more file, or folder, that is not read."""
        self.set_aside[one.reason] += 1

    def has_read(self, size: Size) -> None:
        """So much more was read."""
        self.files += size.files
        self.bytes += size.packed
        self.unpacked += size.unpacked

    def gives(self, one: Found | Damage) -> None:
        """Something was found, or could not be read."""
        if isinstance(one, Damage):
            self.damaged.append(one)
        else:
            self.found += 1
