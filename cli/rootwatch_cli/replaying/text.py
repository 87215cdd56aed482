"""A replay as text for a person: the figures, the incidents, and where asked for, what each channel would show."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

import click

from rootwatch.core.fact import Fact, Mfa
from rootwatch.core.settings import Settings
from rootwatch.core.words import CHANNELS, SEVERITIES, Severity
from rootwatch.render.headline import headline
from rootwatch_cli.replaying.figures import NIGHT, AccountFigures, Figures
from rootwatch_cli.replaying.replay import Replayed
from rootwatch_cli.replaying.shown import NAMES, as_text, payload
from rootwatch_cli.replaying.story import Story, Told

COLOURS: Final[Mapping[Severity, str]] = {"critical": "red", "high": "magenta", "medium": "yellow", "low": "blue"}
MFA: Final[Mapping[Mfa, str]] = {"yes": "with MFA", "no": "without MFA", "unknown": "MFA unknown"}
_WIDTH: Final = 100
_LABEL: Final = 12
_MOST: Final = 5  # named one by one


def summary(replayed: Replayed) -> Iterator[str]:
    """What a team would have had of it."""
    figures = replayed.figures
    if not replayed.dispositions:
        yield "Nothing to tell: no record there concerns root or the watch."
        return
    yield f"{_period(replayed.first, replayed.last)}: {_records(replayed)}"
    yield ""
    told = f"{count(figures.incidents, 'incident')}, {count(figures.pages, 'page')}, {figures.planned:,} planned."
    yield click.style(told, bold=True)
    if not figures.incidents:
        return
    yield ""
    rows = {
        "what": f"{figures.incidents - figures.watch:,} of root use, {figures.watch:,} of watch events",
        "severity": ", ".join(f"{figures.severities[s]:,} {s}" for s in reversed(SEVERITIES) if figures.severities[s]),
        "kind": _counts(figures.kinds.items()),
        "verdict": _counts(figures.verdicts.items()),
        "notices": ", ".join(f"{figures.notices[name]:,} {NAMES[name]}" for name in CHANNELS if figures.notices[name]),
        "sign-ins": _sign_ins(figures),
        "noisiest": _noisiest(figures.by_noise),
        "at night": _at_night(figures),
    }
    yield from (f"  {name:<{_LABEL}}{value}" for name, value in rows.items() if value)


def incidents(stories: Iterable[Story], settings: Settings) -> Iterator[str]:
    """Two lines an incident."""
    for story in stories:
        yield _line(story)
        yield f"  {says(story, settings, _WIDTH - 2)}"


def whole_story(story: Story, settings: Settings) -> Iterator[str]:
    """One incident: what root did, and what was told of it."""
    yield _line(story)
    yield f"  {says(story, settings, _WIDTH - 2)}"
    yield ""
    yield from (_fact(fact) for fact in story.facts)
    yield ""
    for told in story.told:
        yield _told(told, settings)


def notices(story: Story, settings: Settings) -> Iterator[str]:
    """Every notice of an incident, as each channel would show it."""
    for told in story.told:
        for channel, at in told.sent.items():
            what = " page" if channel == "pagerduty" and told.page else ""
            title = f"{at:%Y-%m-%d %H:%M:%SZ} {NAMES[channel]}{what}: {told.notice.type} {told.notice.seq}"
            yield click.style(f"{'── ' + title + ' ':─<{_WIDTH}}", dim=True)
            yield as_text(payload(told.notice, channel, settings))
            yield ""


def says(story: Story, settings: Settings, width: int) -> str:
    """The incident in one line."""
    loudest = story.loudest
    return headline(loudest, settings, width) if loudest else f"{story.worst.says}, told by no notice"[:width]


def count(number: int, word: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _period(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return "No time"
    days = (date(last.year, last.month, last.day) - date(first.year, first.month, first.day)).days + 1
    until = f" to {last:%Y-%m-%d}" if days > 1 else ""
    return f"{first:%Y-%m-%d}{until}, {count(days, 'day')}"


def _records(replayed: Replayed) -> str:
    parts = [f"{number:,} {name}" for name, number in replayed.dispositions.most_common()]
    records = count(replayed.dispositions.total(), "record")
    duplicates = f"; {count(replayed.duplicates, 'duplicate')} besides" if replayed.duplicates else ""
    return f"{records} ({', '.join(parts)}){duplicates}" if parts else f"{records}{duplicates}"


def _counts(counted: Iterable[tuple[str, int]]) -> str:
    ordered = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
    left = len(ordered) - _MOST
    named = ", ".join(f"{number:,} {name}" for name, number in ordered[:_MOST])
    return named + (f", and {left} more" if left > 0 else "")


def _sign_ins(figures: Figures) -> str:
    rows = figures.countries.values()
    counts = {words: sum(row.succeeded[mfa] for row in rows) for mfa, words in MFA.items()}
    counts["failed"] = sum(row.failed for row in rows)
    return ", ".join(f"{number} {words}" for words, number in counts.items() if number)


def _noisiest(accounts: list[AccountFigures]) -> str:
    worst = accounts[0]
    return f"{account_name(worst)}: {count(worst.incidents, 'incident')}, {count(worst.pages, 'page')}"


def _at_night(figures: Figures) -> str:
    start, end = NIGHT
    nightly = figures.at_night
    between = f"between {start:02}:00 and {end:02}:00 UTC"
    if not nightly:
        return f"no page {between}"
    by_account = {figures.accounts[name].name or name: number for name, number in nightly.items()}
    return f"{count(nightly.total(), 'page')} {between}: {_counts(by_account.items())}"


def account_name(account: AccountFigures) -> str:
    """``prod-payments (111122223333)``."""
    return f"{account.name} ({account.account})" if account.name else account.account


def _line(story: Story) -> str:
    incident = story.incident
    severity = click.style(f"{incident.severity:<8}", fg=COLOURS[incident.severity], bold=True)
    verdict = "watch event" if incident.is_watch else incident.verdict
    pages = count(len(story.pages), "page") if story.pages else "no page"
    return f"{incident.opened_at:%Y-%m-%d %H:%M}  {severity}  {verdict:<15}  {pages:<8}  {incident.id}"


def _fact(fact: Fact) -> str:
    place = " · ".join(part for part in (fact.address, fact.country, fact.region, fact.error) if part)
    severity = click.style(f"{fact.severity:<8}", fg=COLOURS[fact.severity])
    what = fact.says if fact.is_watch_event else f"root {fact.says}"
    return f"  {fact.time:%H:%M:%S}  {severity}  {what}{' · ' + place if place else ''}"


def _told(told: Told, settings: Settings) -> str:
    channels = ", ".join(NAMES[name] + (" (page)" if name == "pagerduty" and told.page else "") for name in told.sent)
    line = headline(told.notice, settings, _WIDTH - 14, severity=True)
    return f"  {told.notice.created_at:%H:%M:%S}  {told.notice.type} → {channels or 'withdrawn'}\n            {line}"
