"""What is told of a log file that could not be read: a record of root's may stand in it."""

from datetime import datetime

from rootwatch.core.fact import Fact
from rootwatch.core.record import Envelope, digest
from rootwatch.core.watch import ORGANISATION_CAUSE


def damaged(name: str, version: str, reasons: tuple[str, ...], envelope: Envelope | None, now: datetime) -> Fact:
    """The fact of a damaged log file, once for each version of it. ``name`` is ``s3://bucket/key``; ``reasons`` say
    where it is damaged and why, a few of them.

    All damaged files are one incident, whatever the account: were the fault in our own reading, it would be every file.
    """
    return Fact(
        key=digest("damaged log file", name, version),
        time=now,
        kind="unreadable-log-file",
        harm="watch",
        severity="medium",
        title="log file that can't be read",
        says=f"A log file {_damage(reasons)}: {name}",
        means=(
            "All that could be read in it was taken in. EventBridge should have brought the rest; but if it did not, "
            "root may have acted unseen. CloudTrail itself writes no such file: somebody may have changed it."
        ),
        do_now=(
            "Fetch the file and see what is wrong with it. Check it against CloudTrail's digest: aws cloudtrail "
            "validate-logs. Look up that time in the event history of its account."
        ),
        account=envelope.account if envelope else None,
        region=envelope.region if envelope else None,
        technique="T1565.001",
        cause=f"{ORGANISATION_CAUSE} log files",
    )


def _damage(reasons: tuple[str, ...]) -> str:
    shown = "; ".join(reasons[:3])
    more = len(reasons) - 3
    return f"could not be read whole ({shown}{f'; and {more} more' if more > 0 else ''})"
