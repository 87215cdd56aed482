"""Break-glass windows from a file or from tag records, for commands that ask no AWS."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Final

import msgspec

from rootwatch.core.decide import Item
from rootwatch.core.fields import account_id
from rootwatch.core.record import Record
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging, tagging_of
from rootwatch.core.window import NotAWindowError, Window, parse
from rootwatch_cli.settings_file import BadInputError

_LATEST: Final = datetime.max.replace(tzinfo=UTC)


def read_windows(file: Path) -> list[Window]:
    """A line a window: ``111122223333 until=2026-11-24T18:00Z ticket=SEC-142``; ``#`` begins a comment.

    Raises BadInputError with one sentence that names the line.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadInputError(f"{file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8: {error}.") from None
    windows = []
    for number, line in enumerate(lines, 1):
        account, *value = line.partition("#")[0].split(maxsplit=1) or [""]
        if not account:
            continue
        if account_id(account) is None:
            raise BadInputError(
                f"{file}, line {number}: begin it with an account id of 12 digits, then the tag's value."
            )
        try:
            windows.append(parse(account, "".join(value).strip()))
        except NotAWindowError as error:
            raise BadInputError(f"{file}, line {number} is not a window: {error}.") from None
    return windows


def windows_of(items: Iterable[Item], settings: Settings) -> list[Window]:
    """The windows that the tag records among these declare. Setting or removing a tag ends the account's window."""
    taggings = [tagging_of(item, settings) for item in items if isinstance(item, Record)]
    ordered = sorted((t for t in taggings if t and t.at), key=lambda t: (t.account, t.at or _LATEST))
    windows = []
    for tagging, following in zip_longest(ordered, ordered[1:]):
        window = _window(tagging)
        if window is None:
            continue
        if following and following.at and following.account == tagging.account and following.at < window.until:
            window = msgspec.structs.replace(window, until=following.at)
        windows.append(window)
    return windows


def _window(tagging: Tagging) -> Window | None:
    if tagging.value is None:
        return None
    try:
        return parse(tagging.account, tagging.value, set_at=tagging.at, set_by=tagging.by, by_root=tagging.by_root)
    except NotAWindowError:
        return None  # what is no window covers nothing
