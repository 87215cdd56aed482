"""By which paths a record comes: EventBridge, the trail's log file, or both, and which of them is first.

What EventBridge fails to bring must be told from the log file, and that it failed to must be told as well. Sources:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html (best effort) and
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html (minutes later; the
same record may be in two files).
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from tests.chaos.stories import Put, Story

_CUT: Final = 0.05  # of the stories: EventBridge brings nothing of them
_DROPPED: Final = 0.04  # of the records: EventBridge drops it
_LATE: Final = 0.05  # EventBridge brings it minutes late, often after the log file
_NO_FILE: Final = 0.03  # no log file has it
_TWO_FILES: Final = 0.03
_LATENESS: Final = (60.0, 600.0)
_IN_TIME: Final = 800.0  # seconds from a record's own time: what comes by then is not missed
_FILES_EVERY: Final = 300.0
_FILE_UNDER_WAY: Final = (30.0, 420.0)


def by_event_bridge(stories: Iterable[Story]) -> None:
    """EventBridge alone brings every record, as soon as it is made."""
    for story in stories:
        for one in story.records:
            one.event, one.files = one.at, ()


def by_both(stories: Iterable[Story], chance: random.Random) -> None:
    """Most records come by both paths; some by either alone, late, or twice."""
    for story in stories:
        cut = chance.random() < _CUT
        for one in story.records:
            file = _file_time(one)
            one.event, one.files = one.at, (file,)
            drawn = chance.random()
            if cut or drawn < _DROPPED:
                one.event = None
            elif drawn < _DROPPED + _LATE:
                one.event = max(one.at, min(one.at + chance.uniform(*_LATENESS), _made_at(one) + _IN_TIME))
            elif drawn < _DROPPED + _LATE + _NO_FILE:
                one.files = ()
            elif drawn < _DROPPED + _LATE + _NO_FILE + _TWO_FILES:
                one.files = (file, file + _FILES_EVERY)


def log_files(stories: Iterable[Story]) -> list[tuple[float, Sequence[Put]]]:
    """Each log file: when it is there, and its records, which are of one account."""
    found: dict[tuple[str, float], list[Put]] = defaultdict(list)
    for story in stories:
        for one in story.records:
            for at in one.files:
                found[one.account, at].append(one)
    return [(at, records) for (_, at), records in found.items()]


def _file_time(one: Put) -> float:
    """Records of an account within the same five minutes are in one file."""
    closed = (one.at // _FILES_EVERY + 1) * _FILES_EVERY
    return closed + random.Random(f"{one.account} {closed}").uniform(*_FILE_UNDER_WAY)


def _made_at(one: Put) -> float:
    return datetime.fromisoformat(one.body["eventTime"]).timestamp()
