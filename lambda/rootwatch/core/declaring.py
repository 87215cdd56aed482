"""A break-glass window put into a tag's value: what ``window.parse`` reads back, or a sentence why it would not."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from rootwatch.core.window import NotAWindowError, Window, parse

LONGEST_VALUE: Final = 256  # https://docs.aws.amazon.com/organizations/latest/APIReference/API_Tag.html


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to declare. ``begins`` None: from the moment when the tag is set."""

    until: datetime
    begins: datetime | None = None
    ticket: str | None = None
    by: str | None = None
    net: str | None = None
    covers: tuple[str, ...] = ()
    note: str = ""  # free words


def written(account: str, asked: Asked, now: datetime) -> tuple[str, Window]:
    """The tag's value, and the window that it is if it is set ``now``. Raises ``NotAWindowError``."""
    words = {
        "until": _moment(asked.until),
        "from": _moment(asked.begins) if asked.begins else None,
        "ticket": asked.ticket,
        "by": asked.by,
        "net": asked.net,
        "covers": "/".join(asked.covers) or None,
    }
    for key, word in words.items():
        if word is not None and (not word or word.split() != [word]):
            raise NotAWindowError(f"its {key}= must be one word without spaces")
    note = " ".join(asked.note.split())
    value = " ".join([*(f"{key}={word}" for key, word in words.items() if word is not None), *([note] if note else [])])
    if len(value) > LONGEST_VALUE:
        raise NotAWindowError(f"it has {len(value)} characters, and a tag holds {LONGEST_VALUE}")
    window = parse(account, value, set_at=now)
    if not _is_what_was_asked(window, asked):
        raise NotAWindowError("its free words hold one of until=, from=, ticket=, by=, net= and covers=")
    if asked.begins and window.start != asked.begins:
        raise NotAWindowError("its from= has passed, and a window never reaches back: leave from= out")
    return value, window


def _moment(time: datetime) -> str:
    """To the minute where that is all there is: ``2026-11-24T18:00Z``."""
    whole = time.second == 0 and time.microsecond == 0
    text = time.astimezone(UTC).isoformat(timespec="minutes" if whole else "auto")
    return text.replace("+00:00", "Z")


def _is_what_was_asked(window: Window, asked: Asked) -> bool:
    return (
        (window.until, window.ticket, window.by, window.covers)
        == (asked.until, asked.ticket, asked.by, tuple(asked.covers))
        and bool(window.nets) == bool(asked.net)
        and bool(asked.begins) == (window.claimed == asked.begins)
    )
