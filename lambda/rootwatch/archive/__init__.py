"""Reading CloudTrail's log files: everything in them that concerns us, exactly, as fast as they can be unpacked."""

from rootwatch.archive.keys import envelope_of, is_digest, is_log_file, is_of_another_service
from rootwatch.archive.reader import Damage, Found, read_log_file

__all__ = ["Damage", "Found", "envelope_of", "is_digest", "is_log_file", "is_of_another_service", "read_log_file"]
