"""Break-glass tags from a file or from tag records, for commands that ask no AWS."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from rootwatch.core.fields import account_id
from rootwatch.core.record import Item, Record
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging, Tags, taggings_of
from rootwatch.core.window import NotAWindowError, parse
from rootwatch_cli.settings_file import BadInputError


def windows_option(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option of these names, whose file ``read_windows`` reads: ``windows_file``."""
    return click.option(
        *names,
        "windows_file",
        type=click.Path(path_type=Path),
        help="A file of break-glass windows: a line each, the account id, then the tag's value.",
    )


def read_windows(file: Path) -> list[Tagging]:
    """A line a window: ``111122223333 until=2026-11-24T18:00Z ticket=SEC-142``; ``#`` begins a comment.

    Each counts as a tag that was set when its window begins. Raises BadInputError with one sentence that names the
    line.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadInputError(f"{file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8: {error}.") from None
    found = []
    for number, line in enumerate(lines, 1):
        account, *rest = line.partition("#")[0].split(maxsplit=1) or [""]
        if not account:
            continue
        value = "".join(rest).strip()
        if account_id(account) is None:
            raise BadInputError(
                f"{file}, line {number}: begin it with an account id of 12 digits, then the tag's value."
            )
        try:
            window = parse(account, value)
        except NotAWindowError as error:
            raise BadInputError(f"{file}, line {number} is not a window: {error}.") from None
        found.append(Tagging(account=account, purpose="window", value=value, at=window.claimed))
    return found


def tags_by_account(items: Iterable[Item], more: Iterable[Tagging], settings: Settings) -> dict[str, Tags]:
    """What the tag records among these items, and more taggings, say of each account."""
    records = (item for item in items if isinstance(item, Record))
    found: dict[str, Tags] = {}
    for tagging in [*(one for record in records for one in taggings_of(record, settings)), *more]:
        known = found.get(tagging.account, Tags(account=tagging.account))
        found[tagging.account] = known.with_more(tagging)
    return found
