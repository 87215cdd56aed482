"""A silence in words: which places, what that means at three in the morning, what to do first; and that it is over."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from rootwatch.core.fact import Fact
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.silence_causes import EVERYTHING, MANY
from rootwatch.core.silences import Known, Over, Silence
from rootwatch.core.watch import ORGANISATION_CAUSE
from rootwatch.core.words import Severity

_FEW: Final = 4
_REASONS: Final = 4
_NAMED: Final = 12
_BLIND: Final = "If root were used there now, nobody would be told."
_SLOW: Final = "Root use there is told from the log files alone: minutes late, not seconds."
_EVERYWHERE: Final = (
    "Look at the hub first: the bus rootwatch and its policy, its rule rootwatch-records, the queue rootwatch-records, "
    "the function rootwatch-monitor; then at the trail."
)
_LOCALLY: Final = (
    "Look there for the rule rootwatch-root-use, its state and its target, and for the role rootwatch-forwarding; for "
    "who changed them; and whether a trail is logging. What is gone comes back if the StackSet's instance there is "
    "deleted and made anew: `rootwatch doctor` has the commands."
)
_AGAIN: Final = "Find out who or what it was, if nobody has; its PagerDuty alert stays open until somebody resolves it."


def silent(silence: Silence, reasons: Sequence[str], settings: Settings, now: datetime) -> Fact:
    """The fact of a silence. ``reasons``: what was found when its places were looked at, in words."""
    blind = silence.state == "blind"
    where = _where(silence, settings)
    what = "rootwatch is blind" if blind else "EventBridge is silent"
    by = "Neither EventBridge nor the log files bring" if blind else "EventBridge does not bring"
    unsent = tuple(f"a canary could not be sent: {reason}" for reason in silence.unsent)
    return Fact(
        key=digest("silence", silence.cause, silence.state, silence.since, silence.places),
        time=now,
        event_time=silence.since,
        kind="silence",
        harm="watch",
        severity=_severity(silence, settings),
        title=f"{what} {where}",
        says=f"{by} rootwatch's test calls (canaries) any more {where}{_named(silence)}",
        means=_BLIND if blind else _SLOW,
        do_now=_EVERYWHERE if silence.cause == EVERYTHING else _LOCALLY,
        technique="T1562.008",
        account=silence.account,
        region=None if silence.cause in (EVERYTHING, MANY) else _only(region for _, region in silence.places),
        cause=cause(silence.cause),
        why=(*reasons, *unsent)[:_REASONS],
    )


def part_of_loss(known: Known, reasons: Sequence[str], settings: Settings, now: datetime) -> Fact:
    """The fact that canaries of a place are not brought either, for the incident that its lost fast path is."""
    return Fact(
        key=digest("silence of a lost path", known.account, known.region, known.since),
        time=now,
        event_time=known.since,
        kind="fast-path-lost",
        harm="watch",
        severity="high" if known.account in settings.guarded_accounts else "medium",
        title="fast path lost for canaries too",
        says=f"EventBridge does not bring test calls (canaries) either in {known.region}",
        means=_SLOW,
        do_now=_LOCALLY,
        technique="T1562.008",
        account=known.account,
        region=known.region,
        cause=known.loss,
        why=tuple(reasons)[:_REASONS],
    )


def heard_again(over: Over, now: datetime) -> Fact:
    """The fact that a silence is over, which takes the place of a close by quiet."""
    if over.heard_at is None:
        title = "suspended or gone, and not asked any more"
        says = "What was silent is suspended or gone, and not asked any more"
    else:
        title = f"heard again at {over.heard_at:%H:%MZ}, silent since {over.since:%Y-%m-%d %H:%MZ}"
        says = f"Canaries are heard again since {over.heard_at:%Y-%m-%d %H:%MZ}; none was since {over.since:%H:%MZ}"
    left = f"; {len(over.left)} places are silent still, and told anew if they stay so" if over.left else ""
    often = f" It fell silent {over.falls} times within a day." if over.falls > 1 else ""
    return Fact(
        key=digest("heard again", over.cause, over.since, over.heard_at),
        time=now,
        event_time=over.since,
        kind="silence",
        harm="watch",
        severity="low",
        title=title,
        says=f"{says}{left}",
        means=f"What happened there meanwhile, the log files tell, if the trail was logging.{often}",
        do_now=_AGAIN,
        account=over.account,
        cause=cause(over.cause),
    )


def cause(name: str) -> str:
    """What the facts of one silence fold by. An account's is the same for all of its Regions."""
    return "account" if name.isdigit() else f"{ORGANISATION_CAUSE} {name}"


def _severity(silence: Silence, settings: Settings) -> Severity:
    everything = silence.cause == EVERYTHING
    grave = everything or bool({account for account, _ in silence.places} & settings.guarded_accounts)
    if silence.state == "blind":
        return "critical" if grave else "high"
    return "high" if grave else "medium"


def _where(silence: Silence, settings: Settings) -> str:
    if silence.cause == EVERYTHING:
        hub = any(account == settings.hub_account for account, _ in silence.places)
        return "in every account and Region" if hub else "in every account but perhaps the hub's own"
    regions: dict[str, set[str]] = defaultdict(set)
    for account, region in silence.places:
        regions[account].add(region)
    places = _listed(sorted(set.union(*regions.values())), settings)
    return places if silence.account else f"{places}, in {len(regions)} account{'' if len(regions) == 1 else 's'}"


def _named(silence: Silence) -> str:
    """The accounts, where they are several and can be named: a title has no room for them."""
    accounts = sorted({account for account, _ in silence.places})
    if silence.account or silence.cause == EVERYTHING:
        return ""
    more = len(accounts) - _NAMED
    return f": {', '.join(accounts[:_NAMED])}{f', and {more} more' if more > 0 else ''}"


def _listed(regions: list[str], settings: Settings) -> str:
    if len(regions) > 1 and set(regions) >= set(settings.regions):
        return "in every Region"
    if len(regions) > _FEW:
        return f"in {len(regions)} Regions"
    return f"in {', '.join(regions)}"


def _only(values: Iterable[str]) -> str | None:
    different = set(values)
    return different.pop() if len(different) == 1 else None
