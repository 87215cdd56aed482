"""A watch event before it is known what it means: what its record says by itself."""

from datetime import datetime

from rootwatch.core import principals
from rootwatch.core.fact import Fact
from rootwatch.core.network import network
from rootwatch.core.record import Record
from rootwatch.core.root_use import failed


def bare(record: Record, now: datetime) -> Fact:
    """The fact to be filled in. ``now`` stands in for the time of a record that has none."""
    identity = record.identity
    return Fact(
        key=record.key,
        time=record.time or now,
        kind="tampering",
        harm="watch",
        severity="low",
        title="",
        says="",
        do_now="",
        action=record.name,
        service=record.source,
        event_id=record.event_id,
        event_time=record.time,
        account=record.account,
        region=record.region,
        address=record.address,
        network=network(record.address),
        user_agent=record.user_agent,
        error=(record.error_code or record.error_message or "refused") if failed(record) else None,
        invoked_by=identity.invoked_by if identity else None,
        access_key_id=identity.access_key_id if identity else None,
        principal=principals.full(identity),
    )
