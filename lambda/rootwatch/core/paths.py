"""By which of the two paths a record came, and whether EventBridge has yet to bring one that a log file showed first.

EventBridge is the fast path, the organisation trail's log files are the backstop. Both carry every management event, so
a record that only the log files show says that the fast path is lost there, once EventBridge has had its time.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core import fields, watch
from rootwatch.core.ports import Pending, Plan
from rootwatch.core.record import Item, Record
from rootwatch.core.root_use import not_from_cloudtrail
from rootwatch.core.settings import Settings
from rootwatch.core.tasks import is_assume_root
from rootwatch.core.words import Disposition, Path, RuleName

GRACE: Final = timedelta(minutes=15)  # from a record's own time; log files come after 5 minutes on average
# What is read later than this was put there again, or was long under way: it tells nothing of the path as it is now.
_TELLS_OF_NOW: Final = timedelta(hours=24)
# A message waits longer in our queue only when we do not work: then EventBridge's wait too, and are given their time.
_PROMPT: Final = timedelta(minutes=2)
# CloudTrail sends no event of more than 256 KB; the envelope and other spellings of the same JSON are left some room.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
_MOST_CHARACTERS: Final = 250_000

# A canary is coverage's to miss; what is ignored or set aside may have matched no rule.
_NOT_AWAITED: Final[frozenset[Disposition]] = frozenset({"canary", "ignored", "unreadable"})


def path_of(item: Item) -> Path | None:
    """By which path an item came; None where nothing says so, as for a record that somebody reads on a laptop.

    Only an EventBridge event has a source; the envelope of a log file is its key.
    """
    if item.envelope is None:
        return None
    return "log file" if item.envelope.source is None else "EventBridge"


def rule_of(item: Item, settings: Settings, now: datetime) -> RuleName | None:
    """The rule of the member that forwards such a record; None if no rule is sure to.

    What can't be read, and a ``userIdentity`` that is odd or absent, may match no pattern though it is told.
    """
    if not isinstance(item, Record) or not_from_cloudtrail(item) or watch.is_forged(item):
        return None
    if _is_root_to_the_letter(item):
        return "rootwatch-root-use"
    if is_assume_root(item):
        return "rootwatch-watch-events"
    watched = watch.watch_fact(item, {}, settings, now)
    if watched is None:
        return None
    # What Organizations is asked to do belongs to the watch events, whatever it may do to the watch.
    tampering = watched.kind in ("tampering", "deployment") and item.source != "organizations.amazonaws.com"
    return "rootwatch-tampering" if tampering else "rootwatch-watch-events"


def _is_root_to_the_letter(record: Record) -> bool:
    """As the rule's pattern compares it, which tidies nothing up."""
    identity = record.body.get("userIdentity")
    kinds = (("type",), ("sessionContext", "sessionIssuer", "type"))
    return any(fields.inside(identity, *path) == "Root" for path in kinds)


def received(plan: Plan, item: Item, settings: Settings, now: datetime, waited: timedelta) -> Plan:
    """The plan with the path that its record came by; from a log file, with what is awaited of EventBridge, and notices
    that say so. ``waited`` is how long the record's message lay in our queue."""
    path = path_of(item)
    if path != "log file":
        return msgspec.structs.replace(plan, path=path)
    return msgspec.structs.replace(
        plan,
        path=path,
        pending=_pending(plan, item, settings, now, waited),
        notices=tuple(msgspec.structs.replace(one, from_log_file=True) for one in plan.notices),
    )


def _pending(plan: Plan, item: Item, settings: Settings, now: datetime, waited: timedelta) -> Pending | None:
    if plan.disposition in _NOT_AWAITED or not isinstance(item, Record) or not _carried(item):
        return None
    rule = rule_of(item, settings, now)
    if rule is None or item.time is None or item.account is None or item.region is None:
        return None
    if item.region in settings.coverage.backstop_only:
        return None  # declared: no rule can be there
    if now - item.time > _TELLS_OF_NOW:
        return None
    earliest = now if waited <= _PROMPT else now + GRACE
    return Pending(
        key=plan.key,
        rule=rule,
        account=item.account,
        region=item.region,
        time=item.time,
        action=item.name or "a record without a name",
        event_id=item.event_id,
        due_at=max(item.time + GRACE, earliest),
    )


def _carried(record: Record) -> bool:
    """Whether CloudTrail promises to send such a record to EventBridge, as far as anything is promised there.

    It does for management events that are calls or the console's. Events that a service tells of itself are left out:
    their delivery is each service's own affair.
    """
    if record.source is None or record.type == "AwsServiceEvent":
        return False
    return record.body.get("eventCategory") in (None, "Management") and _is_small(record.body)


def _is_small(body: Mapping[str, object]) -> bool:
    try:
        return len(json.dumps(body)) <= _MOST_CHARACTERS
    except (ValueError, RecursionError):
        return False  # nested or numbered as no service writes it: nothing is promised
