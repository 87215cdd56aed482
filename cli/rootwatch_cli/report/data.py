"""What the page is made of: figures and incidents as one JSON object, stories and messages packed beside it.

Every message as each channel would show it is many times the rest, and much alike: a few dozen incidents at a time are
compressed together, and unpacked when a reader opens one of them.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rootwatch.core.fact import Fact
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tags
from rootwatch.core.windows import declared
from rootwatch.core.words import OBSERVED_KINDS, WATCH_KINDS
from rootwatch.render.headline import headline
from rootwatch.render.story import story as told_story
from rootwatch_cli.replaying.figures import NIGHT, Figures, is_night
from rootwatch_cli.replaying.replay import Replayed
from rootwatch_cli.replaying.shown import payload
from rootwatch_cli.replaying.story import Story, Told
from rootwatch_cli.replaying.text import says
from rootwatch_cli.report.rows import AccountRow, CountryRow, IncidentRow, Page, StoryRow, ToldRow, WindowRow

IN_A_CHUNK: Final = 40
_SAYS: Final = 92
_WORDS: Final = 1_500  # characters of each incident that the search looks at, besides what is shown
_FACT: Final = (
    "time", "severity", "says", "address", "country", "region", "mfa", "error", "verdict", "verdict_why", "ticket",
    "action", "service", "access_key_id", "means",
)  # fmt: skip


def page_of(replayed: Replayed, rows: tuple[IncidentRow, ...]) -> Page:
    """What stands at the top, and every incident in a line."""
    figures = replayed.figures
    return Page(
        first=replayed.first,
        last=replayed.last,
        records=replayed.dispositions.total() - replayed.dispositions["ignored"],
        duplicates=replayed.duplicates,
        night=NIGHT,
        incidents=figures.incidents,
        watch=figures.watch,
        pages=figures.pages,
        planned=figures.planned,
        at_night=figures.at_night.total(),
        notices=dict(figures.notices),
        watch_kinds=tuple(sorted({row.kind for row in rows} & (WATCH_KINDS | OBSERVED_KINDS))),
        accounts=_accounts(figures),
        countries=_countries(figures),
        windows=_windows(replayed.tags.values(), {row.account for row in rows}),
        rows=rows,
    )


def rows_of(stories: Iterable[Story], settings: Settings) -> Iterator[tuple[IncidentRow, StoryRow]]:
    """Each incident's line, and what opens below it."""
    for number, story in enumerate(stories):
        yield _row(story, settings, number // IN_A_CHUNK), _story(story, settings)


def _row(story: Story, settings: Settings, chunk: int) -> IncidentRow:
    incident = story.incident
    return IncidentRow(
        id=incident.id,
        account=incident.account or "several accounts",
        at=incident.opened_at,
        severity=incident.severity,
        verdict="watch event" if incident.is_watch else incident.verdict,
        kind=story.worst.kind,
        says=says(story, settings, _SAYS),
        records=incident.seen,
        pages=len(story.pages),
        night=sum(is_night(at) for at in story.pages),
        chunk=chunk,
        words=_words(story),
    )


def _words(story: Story) -> str:
    """Lower case, each text once, newest names first cut off: a thousand calls are a few actions and addresses."""
    incident = story.incident
    found = dict.fromkeys([incident.id, incident.account_name or "", incident.account_path or ""])
    for fact in story.facts:
        for text in (fact.says, fact.action, fact.address, fact.region, fact.country, fact.ticket, fact.principal):
            found[text or ""] = None
    return " ".join(text for text in found if text).lower()[:_WORDS]


def _story(story: Story, settings: Settings) -> StoryRow:
    loudest = story.loudest
    return StoryRow(
        happened=told_story(loudest, settings).happened if loudest else story.worst.says,
        harms=story.incident.harms,
        first=story.incident.first,
        last=story.incident.last,
        facts=tuple(_fact(fact) for fact in story.facts),
        told=tuple(_told(told, settings) for told in story.told),
    )


def _fact(fact: Fact) -> dict[str, Any]:
    values = {name: getattr(fact, name) for name in _FACT}
    return {name: value for name, value in values.items() if value} | {"watch": fact.is_watch_event}


def _told(told: Told, settings: Settings) -> ToldRow:
    return ToldRow(
        type=told.notice.type,
        severity=told.notice.severity,
        at=told.notice.created_at,
        page=told.page is not None,
        says=headline(told.notice, settings, _SAYS, severity=True),
        sent=told.sent,
        shown={channel: payload(told.notice, channel, settings) for channel in told.sent},
    )


def _accounts(figures: Figures) -> tuple[AccountRow, ...]:
    return tuple(
        AccountRow(id=one.account, name=one.name, incidents=one.incidents, pages=one.pages, root_events=one.root_events)
        for one in figures.by_noise
    )


def _countries(figures: Figures) -> tuple[CountryRow, ...]:
    return tuple(
        CountryRow(
            country=one.country,
            yes=one.succeeded["yes"],
            no=one.succeeded["no"],
            unknown=one.succeeded["unknown"] + one.succeeded["not-applicable"],
            failed=one.failed,
        )
        for one in figures.by_country
    )


def _windows(tags: Iterable[Tags], shown: set[str]) -> tuple[WindowRow, ...]:
    return tuple(
        WindowRow(account=window.account, start=window.start, until=window.until, ticket=window.ticket)
        for one in tags
        if one.account in shown
        for window in declared(one)[0]
    )
