"""Rules that are not what was deployed, by account: told once, and once more when they are as they should be."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from rootwatch.core.comparison import concerns_root
from rootwatch.core.fact import Fact
from rootwatch.core.record import digest
from rootwatch.core.roll import Place, Roll
from rootwatch.core.settings import Settings
from rootwatch.core.watch import ORGANISATION_CAUSE

_FEW: Final = 3  # as many accounts are told one by one
_SENTENCES: Final = 4
_NAMED: Final = 12
_ALONE: Final = "rules"
_TOGETHER: Final = f"{ORGANISATION_CAUSE} rules"

Found = dict[str, Place]  # Region → place


class Deviations(msgspec.Struct, frozen=True, kw_only=True):
    """What to tell, and the rolls as they shall stand once it is told."""

    began: tuple[Fact, ...]
    over: tuple[Fact, ...]
    rolls: tuple[Roll, ...]  # those that changed


def weigh(rolls: Iterable[Roll], settings: Settings, now: datetime) -> Deviations:
    """Compares what differs with what was told of it."""
    rolls = list(rolls)
    over, ended = _over(rolls, now)
    fresh = {roll.account: news for roll in rolls if not roll.dormant and (news := _news(roll))}
    standing = {place.differs_cause for roll in rolls for place in roll.places.values()} - {""} - ended
    alone = {cause for cause in standing if cause != _TOGETHER}
    many = _TOGETHER in standing or len(fresh.keys() | alone) > _FEW
    began, after = [], []
    groups: dict[str, dict[str, Found]] = defaultdict(dict)
    for roll in rolls:
        places = {region: _settled(place, ended) for region, place in roll.places.items()}
        for region, place in fresh.get(roll.account, {}).items():
            cause = place.differs_cause or _cause(roll.account, settings, many=many)
            groups[cause].setdefault(roll.account, {})[region] = place
            places[region] = msgspec.structs.replace(
                place, differs_told=place.differs, differs_cause=cause, differs_since=place.differs_since or now
            )
        after.append(msgspec.structs.replace(roll, places=places))
    began = [_fact(cause, places, settings, now) for cause, places in sorted(groups.items())]
    changed = (new for new, old in zip(after, rolls, strict=True) if new != old)
    return Deviations(began=tuple(began), over=tuple(over), rolls=tuple(changed))


def places_of(rolls: Mapping[str, Roll]) -> dict[tuple[str, str], Place]:
    """Every place that can be compared, by account and Region."""
    return {
        (a, region): place for a, roll in rolls.items() if not roll.dormant for region, place in roll.places.items()
    }


def handed_over(
    places: Collection[tuple[str, str]], rolls: Mapping[str, Roll], cause: str, now: datetime
) -> list[Roll]:
    """The rolls on which it is noted that something else tells of these places' differences: they are not told here."""
    found: dict[str, dict[str, Place]] = defaultdict(dict)
    for account, region in places:
        place = rolls[account].places.get(region) if account in rolls else None
        if place and place.differs and (place.differs_told, place.differs_cause) != (place.differs, cause):
            since = place.differs_since or now
            found[account][region] = msgspec.structs.replace(
                place, differs_told=place.differs, differs_cause=cause, differs_since=since
            )
    return [
        msgspec.structs.replace(rolls[account], places={**rolls[account].places, **changed})
        for account, changed in found.items()
    ]


def _news(roll: Roll) -> Found:
    return {r: place for r, place in sorted(roll.places.items()) if set(place.differs) - set(place.differs_told)}


def _over(rolls: Sequence[Roll], now: datetime) -> tuple[list[Fact], set[str]]:
    members: dict[str, list[tuple[Roll, Place]]] = defaultdict(list)
    for roll in rolls:
        for place in roll.places.values():
            if place.differs_cause:
                members[place.differs_cause].append((roll, place))
    ended = {cause: found for cause, found in members.items() if all(r.dormant or not p.differs for r, p in found)}
    facts = []
    for cause, found in sorted(ended.items()):
        since = min(place.differs_since or now for _, place in found)
        facts.append(_over_fact(cause, since, now))
    return facts, set(ended)


def _settled(place: Place, ended: set[str]) -> Place:
    if place.differs_cause not in ended:
        return place
    return msgspec.structs.replace(place, differs_told=(), differs_cause="", differs_since=None)


def _cause(account: str, settings: Settings, *, many: bool) -> str:
    return _TOGETHER if many and account not in settings.guarded_accounts else account


def _fact(cause: str, accounts: dict[str, Found], settings: Settings, now: datetime) -> Fact:
    regions = sorted({region for places in accounts.values() for region in places})
    sentences = sorted({words for places in accounts.values() for place in places.values() for words in place.differs})
    where = f"in {', '.join(regions)}" if len(regions) <= _FEW else f"in {len(regions)} Regions"
    whose = "" if cause.isdigit() else f", in {len(accounts)} accounts: {', '.join(sorted(accounts)[:_NAMED])}"
    grave = concerns_root(sentences) or bool(accounts.keys() & settings.guarded_accounts)
    told = "; ".join(sentences[:_SENTENCES])
    return Fact(
        key=digest(
            "deviation", cause, sorted(accounts), [(r, p.compared_at) for f in accounts.values() for r, p in f.items()]
        ),
        time=now,
        event_time=now,
        kind="rule-deviation",
        harm="watch",
        severity="critical" if grave else "high",
        title=f"{sentences[0]} {where}",
        says=f"{told[0].upper()}{told[1:]}, {where}{whose}",
        means="What the rule does not forward is heard minutes late, from the log files, or not at all.",
        do_now=(
            "Find out who changed it, by CloudTrail's event history there. CloudFormation puts nothing back by itself: "
            "delete the StackSet's instance there and make it anew. `rootwatch doctor` has the commands."
        ),
        technique="T1562.008",
        account=cause if cause.isdigit() else None,
        region=regions[0] if len(regions) == 1 else None,
        cause=_ALONE if cause.isdigit() else cause,
    )


def _over_fact(cause: str, since: datetime, now: datetime) -> Fact:
    return Fact(
        key=digest("deviation over", cause, since),
        time=now,
        event_time=since,
        kind="rule-deviation",
        harm="watch",
        severity="low",
        title=f"as deployed again, after {since:%Y-%m-%d %H:%MZ}",
        says="The rules are as they were deployed again",
        means="What they did not forward meanwhile, the log files tell.",
        do_now="Find out who it was, if nobody has; its PagerDuty alert stays open until somebody resolves it.",
        account=cause if cause.isdigit() else None,
        cause=_ALONE if cause.isdigit() else cause,
    )
