"""Whether what a deployment changed is what should be deployed: pure, from its facts and from what was found since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from rootwatch.core.deployments import HUB_RULE, OTHER, ROLE, RULE
from rootwatch.core.fact import Fact
from rootwatch.core.hub_parts import KINDS
from rootwatch.core.progress import CONFIRMED_WITHIN, LONGEST
from rootwatch.core.roll import Place

Where = tuple[str, str]  # account, Region
Places = Mapping[Where, Place]
Found = Mapping[str, tuple[str, ...]]  # what is not as it should be with a part of the hub, as in ``Fact.part``


class Part(msgspec.Struct, frozen=True, order=True):
    """One thing of ours in one place; ``what`` as in ``Fact.part``."""

    account: str
    region: str
    what: str

    @property
    def kind(self) -> str:
        """``rule``, ``role``, one of the hub's ``KINDS``, or ``other``."""
        return self.what.partition(":")[0]

    @property
    def name(self) -> str:
        """Of what can be compared; of anything else what was done to it, in words."""
        return self.what.partition(":")[2]

    @property
    def where(self) -> Where:
        """Its place."""
        return self.account, self.region


Touched = Mapping[Part, list[datetime]]  # when it was changed, oldest first


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What is not as it should be, or not known to be; nothing, if all is confirmed."""

    since: datetime | None = None  # the oldest change that is not confirmed
    unconfirmed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    told: tuple[Where, ...] = ()  # what differs there was told before, as a deviation of its own
    places: tuple[Where, ...] = ()  # whose rules differ, which this deployment tells of


def touched(facts: Iterable[Fact], until: datetime, rules: Collection[str]) -> dict[Part, list[datetime]]:
    """What was changed, and when. ``until`` is when the last record was processed: none can be of a later time.
    ``rules``: the names of those that every place has."""
    found: dict[Part, list[datetime]] = defaultdict(list)
    for fact in facts:
        if fact.part:
            kind, _, name = fact.part.partition(":")
            what = f"{HUB_RULE}:{name}" if kind == RULE and name not in rules else fact.part
            found[Part(fact.account or "", fact.region or "", what)].append(min(fact.time, until))
    return {part: sorted(times) for part, times in sorted(found.items())}


def to_compare(changed: Touched, places: Places, digest: str) -> set[Where]:
    """The places with rules that were changed since they were last seen to be as they should be."""
    return {
        part.where
        for part, times in changed.items()
        if part.kind == RULE and _since(times, places.get(part.where), digest) is not None
    }


def hub_parts_in(changed: Touched, hub: Where) -> list[str]:
    """What of the hub was changed."""
    return sorted({part.what for part in changed if part.kind in KINDS and part.where == hub})


def check(
    changed: Touched,
    places: Places,
    hub_parts: Found,
    *,
    digest: str,
    hub: Where,
    deploying: bool,
    told: Collection[Where] = (),
) -> Check:
    """``digest``: of the manifest in force. ``deploying``: it is new, so that places which do not have it are what this
    deployment has left out; at any other time they are told by themselves. ``told``: places that were told so."""
    said: list[str] = []
    since: list[datetime] = []
    differ: set[Where] = set()
    before: set[Where] = set()
    for part, times in changed.items():
        open_since, words = _of_part(part, times, places, hub_parts if part.where == hub else {}, digest)
        if open_since is None:
            continue
        if part.kind == RULE and part.where in told:
            before.add(part.where)
            continue
        since.append(open_since)
        said += [f"in {part.account} {part.region} {one}" for one in words]
        differ |= {part.where} if part.kind == RULE else set()
    left = _left_out(changed, places, told) if deploying else []
    return Check(
        since=min(since, default=None),
        unconfirmed=tuple(dict.fromkeys(said)),
        missing=(
            *_left_behind(changed, hub_parts, hub),
            *(f"in {account} {region} {one}" for (account, region), words in left for one in words),
        ),
        told=tuple(sorted(before)),
        places=tuple(sorted({*differ, *(where for where, _ in left)})),
    )


def is_over(found: Check, opened_at: datetime, processed_at: datetime, now: datetime) -> bool:
    """Whether it has ended, all as it should be: nothing is open, and for a while nothing more came. One that never
    comes to rest ends all the same, so that nobody's deployment goes down in another's."""
    rests = now - processed_at >= CONFIRMED_WITHIN or now - opened_at >= LONGEST
    return found.since is None and not found.missing and rests


def _of_part(
    part: Part, times: list[datetime], places: Places, found: Found, digest: str
) -> tuple[datetime | None, tuple[str, ...]]:
    """Since when it is not confirmed, None if it is; and why, in words. ``found``: in the hub, if it is there."""
    if part.kind == RULE:
        place = places.get(part.where)
        since = _since(times, place, digest)
        return since, (place.differs if place and place.differs else (f"the rule {part.name} could not be compared",))
    if part.kind == ROLE:
        return None, ()
    words = found.get(part.what)
    if words is not None:
        return times[0] if words else None, words
    # Of a rule that is not every place's it is not known to be the hub's: a log archive's account has one too.
    called = part.name if part.kind == OTHER else f"the {'rule' if part.kind == HUB_RULE else part.kind} {part.name}"
    return times[0], (f"there is nothing to compare it with: {called}",)


def _since(times: list[datetime], place: Place | None, digest: str) -> datetime | None:
    """The first change since the place was last seen to be as it should be; None: it was after the last change."""
    if place is None or place.compared_at is None or place.compared_with != digest or place.differs:
        return times[0]
    return next((at for at in times if at >= place.compared_at), None)


def _left_out(changed: Touched, places: Places, told: Collection[Where]) -> list[tuple[Where, tuple[str, ...]]]:
    ours = {part.where for part in changed if part.kind == RULE}
    return list(_differing(places, {*ours, *told}))


def _left_behind(changed: Touched, found: Found, hub: Where) -> list[str]:
    """What was looked at beside what was changed, and is not as it should be."""
    ours = hub_parts_in(changed, hub)
    others = (words for what, words in found.items() if what not in ours)
    return [f"in {hub[0]} {hub[1]} {one}" for words in others for one in words]


def _differing(places: Places, but: Collection[Where]) -> Iterator[tuple[Where, tuple[str, ...]]]:
    for where, place in sorted(places.items()):
        if place.differs and where not in but:
            yield where, place.differs
