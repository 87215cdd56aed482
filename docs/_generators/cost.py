"""The bill, in tables: for organisations of every size, and what it is made of."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from typing import Final, get_args

from docs._cost.assumed import ASSUMED
from docs._cost.bill import Item, bill, second_trail
from docs._cost.organisation import HABITS, Activity, Organisation, Trail
from docs._cost.prices import Price, prices
from docs._generators.tables import table

_ACCOUNTS: Final = (50, 500, 3_000)
_REGIONS: Final = (4, 17)
_TRAILS: Final[dict[Trail, str]] = {"existing": "one that is there", "own": "rootwatch's own"}
# The largest shows best what grows.
_LARGEST: Final = Organisation(accounts=3_000, regions=17, trail="own", activity="small")
_SMALLEST: Final = Organisation(accounts=50, regions=17, trail="existing", activity="small")


def totals() -> str:
    """A row for each size; a column for each activity, and what a second trail would add."""
    rows = []
    for accounts, regions, trail in product(_ACCOUNTS, _REGIONS, _TRAILS):
        orgs = [
            Organisation(accounts=accounts, regions=regions, trail=trail, activity=activity)
            for activity in get_args(Activity)
        ]
        second = [_dollars(second_trail(org).dollars) if trail == "own" else "" for org in orgs]
        rows.append((f"{accounts:,}", f"{regions}", _TRAILS[trail], *[_total(org) for org in orgs], *second))
    head = ("accounts", "Regions", "trail", "small", "busy", "+ if it is a second trail: small", "busy")
    return table(head, rows)


def habits() -> str:
    """What small and busy mean."""
    rows = [(name, f"{one.events:,}", f"{one.active_regions}") for name, one in HABITS.items()]
    return table(("", "management events of an account, a month", "Regions in which it does something all day"), rows)


def groups() -> str:
    """What it is for, the dearest first, of the largest and of the smallest."""
    largest, smallest = _by_group(bill(_LARGEST)), _by_group(bill(_SMALLEST))
    rows = [
        (group, _dollars(dollars), _dollars(smallest.get(group, 0.0)))
        for group, dollars in sorted(largest.items(), key=lambda one: -one[1])
    ]
    head = (
        "what for",
        "3,000 accounts, 17 Regions, own trail, small",
        "50 accounts, 17 Regions, a trail that is there, small",
    )
    return table(head, rows)


def items() -> str:
    """The items of the largest that cost a hundredth of it or more."""
    found = bill(_LARGEST)
    least = sum(item.dollars for item in found) / 100
    rows = [
        (item.group, prices()[item.price].what, f"{item.quantity:,.0f}", _dollars(item.dollars))
        for item in sorted(found, key=lambda item: -item.dollars)
        if item.dollars >= least
    ]
    return table(("for", "item", "quantity", "a month"), rows)


def listed() -> str:
    """The prices, each with its source and where the figure was read."""
    rows = [
        (one.what, f"${one.dollars:g} for {one.per:,}", f"[page]({one.source})", _read(one), one.note)
        for one in prices().values()
    ]
    return table(("what", "price", "AWS's page", "read", ""), rows)


def assumptions() -> str:
    """What is assumed, and why."""
    return table(("assumed", "of what"), [(f"{value:,g}", why) for value, why in ASSUMED.values()])


def _read(price: Price) -> str:
    return f"[{price.read}]({price.where}), {price.on}" if price.where else f"{price.read}, {price.on}"


def _total(org: Organisation) -> str:
    return _dollars(sum(item.dollars for item in bill(org)))


def _by_group(found: Iterable[Item]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for item in found:
        sums[item.group] += item.dollars
    return sums


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount < 10 else f"${amount:,.0f}"  # cents of a large sum would feign exactness
