"""Times and spans as people type them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from rootwatch.core import fields
from rootwatch.core.window import LONGEST
from rootwatch_cli.settings_file import BadInputError

_SPAN: Final = re.compile(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?")
_MINUTE: Final = timedelta(minutes=1)


def span(text: str) -> timedelta:
    """``2h``, ``90m``, ``1h30m``. Raises BadInputError."""
    found = _SPAN.fullmatch(text.strip())
    length = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0)) if found else timedelta()
    if not length:
        raise BadInputError(f"{text!r} is no length of time: write 2h, 90m or 1h30m.")
    return length


def moment(text: str) -> datetime:
    """``2026-11-24T18:00Z``; without a zone it is UTC. Raises BadInputError."""
    found = fields.moment(text)
    if found is None:
        raise BadInputError(f"{text!r} is no time: write 2026-11-24T18:00Z.")
    return found


def end_of(begins: datetime | None, length: timedelta, now: datetime) -> datetime:
    """When a window of this length ends, to the minute: a little later rather than earlier, but for the longest."""
    if begins:
        return begins + length
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    later = minute + length + (_MINUTE if minute != now else timedelta())
    return later if later - now <= LONGEST or length > LONGEST else minute + length
