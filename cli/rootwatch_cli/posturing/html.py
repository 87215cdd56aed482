"""The page: all rows in one file that asks the network for nothing, with the look of the replay's report.

Names of accounts and users are data: they lie in a block that no browser runs, and the script puts them in as text.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

import rootwatch_cli.report
import rootwatch_local.inbox
from rootwatch.core.posture import Finding
from rootwatch.core.posture_rules import State
from rootwatch.core.settings import Settings
from rootwatch_cli.posturing.rows import Row
from rootwatch_cli.report.bundle import bundle
from rootwatch_cli.report.shell import filled, inert, template

_HERE: Final = Path(__file__).parent / "page"
_REPORT: Final = Path(rootwatch_cli.report.__file__).parent
_INBOX: Final = Path(rootwatch_local.inbox.__file__).parent
_STYLES: Final = (_INBOX / "look.css", _REPORT / "report.css", _HERE / "posture.css")
_MODULES: Final = (
    _INBOX / "dom.js",
    _REPORT / "words.js",
    _REPORT / "theme.js",
    _REPORT / "paged.js",
    _HERE / "accounts.js",
    _HERE / "posture.js",
)


class AskedRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, or one control of a framework: ``label`` is what the reader sees of it."""

    label: str
    rule: str
    title: str
    must: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has to say to the rule at the same place."""

    state: State
    says: str
    users: tuple[Finding, ...]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account, with an answer to each of the rules."""

    id: str
    name: str
    alias: str | None
    looked_at: datetime | None
    below: bool
    answers: tuple[Answer, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows; its script reads it by these names."""

    at: datetime
    framework: str | None
    must: tuple[str, ...]
    rules: tuple[AskedRule, ...]
    accounts: tuple[Account, ...]


def page(rows: Sequence[Row], settings: Settings, framework: str | None, now: datetime) -> Iterator[bytes]:
    """The page in parts. The same rows give the same bytes."""
    accounts = [list(group) for _, group in groupby(rows, key=lambda row: row.account)]
    shown = Page(
        at=now,
        framework=framework,
        must=settings.posture.must,
        rules=tuple(_rule(row) for row in accounts[0]) if accounts else (),
        accounts=tuple(_account(group) for group in accounts),
    )
    style, script = "".join(path.read_text("utf-8") for path in _STYLES), bundle(_MODULES)
    before, after = template(_HERE / "posture.html", name="posture", lists="accounts")
    yield filled(before, style, script)
    yield b'<script type="application/json" id="data">'
    yield inert(msgspec.json.encode(shown))
    yield b"</script>\n"
    yield filled(after, style, script)


def _rule(row: Row) -> AskedRule:
    return AskedRule(
        label=f"{row.control} {row.rule}" if row.control else row.rule, rule=row.rule, title=row.title, must=row.must
    )


def _account(rows: Sequence[Row]) -> Account:
    first = rows[0]
    return Account(
        id=first.account,
        name=first.name,
        alias=first.alias,
        looked_at=first.looked_at,
        below=any(row.is_below for row in rows),
        answers=tuple(Answer(state=row.state, says=row.says, users=row.users) for row in rows),
    )
