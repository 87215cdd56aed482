"""What the bill assumes. Names in capitals are shown on the page, each with its docstring's line: none was measured in
AWS. Where a range is likely, the dearer end is taken."""

from typing import Final

HOURS: Final = 730  # of a month
MINUTES: Final = 60 * HOURS

# shown on the page: value, unit, why
ASSUMED: Final[dict[str, tuple[float, str]]] = {
    "canary_bytes": (3_000, "bytes of a canary's event, envelope and all"),
    "messages_a_run": (2, "messages that one run of the monitor takes from its queue, of at most 10"),
    "monitor_seconds": (0.08, "seconds that the monitor takes for a canary at 512 MB: it calls DynamoDB three times"),
    "canary_writes": (4, "write units for a canary heard: two items of less than 1 kB in one transaction"),
    "canary_reads": (5, "read units: its mark, its account's roll of up to 8 kB, what was heard before, the fast path"),
    "duplicate_reads": (
        4,
        "read units for the same canary in a log file: its mark is there, so that nothing is written",
    ),
    "roll_writes": (20, "write units for an account an hour: its roll of 5 kB, twice, in transactions"),
    "place_read_bytes": (450, "bytes that coverage reads for each place in each of its runs"),
    "run_log_bytes": (
        1_100,
        "bytes that a run of a function logs, its metrics and Lambda's own lines; a canary adds none",
    ),
    "file_seconds": (0.35, "seconds that the backstop takes for an ordinary log file at 512 MB"),
    "files_a_run": (5, "log files that one run of the backstop takes"),
    "file_bytes": (900, "bytes of a log file, beside its records"),
    "record_bytes": (170, "bytes of a record in a packed log file, as in the archive of `make bench`"),
    "bucket_key_share": (0.1, "of S3's reads and writes ask KMS, with a bucket key"),
    "sweep_seconds": (0.5, "seconds of the sweep each minute, at 512 MB, while nothing is due"),
    "heartbeat_seconds": (0.7, "seconds of the heartbeat each minute, at 512 MB"),
    "tag_seconds": (0.2, "seconds of the slow pass for each account at 512 MB, at most 14 minutes; so slow on purpose"),
    "call_seconds": (0.2, "seconds of a call to another Region"),
    "posture_seconds": (20, "seconds of posture for an account a day, of which eight are looked at side by side"),
    "mails": (1_000, "e-mails a month"),
}


def assumed(name: str) -> float:
    """An assumption's value."""
    return ASSUMED[name][0]
