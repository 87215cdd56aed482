"""Which log files there are, how many records each holds, and where the needles lie: the same for the same seed."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import accumulate
from typing import Final

import msgspec

from bench.archive.decoys import DECOYS
from bench.archive.layout import ACCOUNTS, MANAGEMENT, REGIONS, Place
from bench.archive.planted import ROOT_USE, WATCH, Planted

_RECORDS: Final = 2_000_000
_FILES: Final = 6_868
_DAYS: Final = 7
_BEGIN: Final = datetime(2026, 11, 1, tzinfo=UTC)
_SLOTS: Final = 288  # of five minutes, a day
# Half of the files hold fewer than 100 records, some many thousands: as an organisation's do.
_SPREAD: Final = 1.5
_MOST: Final = 20_000
_ROOT_USE_ONE_IN: Final = 100_000
_DECOY_ONE_IN: Final = 20_000
_MARK: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_COPY_EVERY: Final = 5  # CloudTrail may deliver a record twice, in two files


class Needle(msgspec.Struct, frozen=True):
    """A record to plant. ``place`` is where it happened; ``number`` seeds what is random in it."""

    number: int
    planted: Planted
    place: Place


class LogFile(msgspec.Struct):
    """A log file to write: ``needles`` come beside its ``records`` ordinary records."""

    number: int
    place: Place
    mark: str
    records: int
    needles: list[Needle]

    @property
    def key(self) -> str:
        """Its key in the bucket, and its path in the archive."""
        return self.place.key(self.mark)


def plan(size: Fraction, seed: int) -> list[LogFile]:
    """All log files of an archive; ``size`` 1 is about 2.8 GB unpacked. Every kind of needle is in each."""
    rng = random.Random(f"plan {seed}")
    count = max(len(ACCOUNTS), round(_FILES * size))
    records = _sizes(count, max(count, round(_RECORDS * size)), rng)
    days = max(1, round(_DAYS * size))
    files = [
        LogFile(number, place, "".join(rng.choices(_MARK, k=16)), records[number], [])
        for number, place in enumerate(_places(count, days, rng))
    ]
    for needle, file in _needles(files, rng):
        file.needles.append(needle)
    return files


def _sizes(count: int, total: int, rng: random.Random) -> list[int]:
    drawn = [rng.lognormvariate(0, _SPREAD) for _ in range(count)]
    scale = total / sum(drawn)
    return [min(_MOST, max(1, round(one * scale))) for one in drawn]


def _places(count: int, days: int, rng: random.Random) -> Iterator[Place]:
    """Every account is in us-east-1; the rest lies where much is done."""
    accounts = rng.choices(ACCOUNTS, [1 / (rank + 2) for rank in range(len(ACCOUNTS))], k=count)
    regions = rng.choices(REGIONS, [1 / (rank + 1) for rank in range(len(REGIONS))], k=count)
    accounts[: len(ACCOUNTS)] = ACCOUNTS
    regions[: len(ACCOUNTS)] = [REGIONS[0]] * len(ACCOUNTS)
    for account, region in zip(accounts, regions, strict=True):
        yield Place(account, region, _BEGIN + timedelta(minutes=5 * rng.randrange(days * _SLOTS)))


def _needles(files: Sequence[LogFile], rng: random.Random) -> Iterator[tuple[Needle, LogFile]]:
    records = sum(file.records for file in files)
    kinds = [
        *_repeated(ROOT_USE, records // _ROOT_USE_ONE_IN),
        *_repeated(WATCH, records // _ROOT_USE_ONE_IN),
        *_repeated(DECOYS, records // _DECOY_ONE_IN),
    ]
    fitting = {where: _weighed(files, where) for where in ("anywhere", "global", "management")}
    for number, planted in enumerate(kinds):
        candidates, weights = fitting[planted.where]
        first, second = rng.choices(candidates, cum_weights=weights, k=2)
        needle = Needle(number, planted, first.place)
        yield needle, first
        beside = (second.place.account, second.place.region) == (first.place.account, first.place.region)
        if number % _COPY_EVERY == 0 and beside and second is not first:
            yield needle, second


def _repeated(kinds: Sequence[Planted], count: int) -> list[Planted]:
    return [kinds[number % len(kinds)] for number in range(max(count, len(kinds)))]


def _weighed(files: Sequence[LogFile], where: str) -> tuple[list[LogFile], list[int]]:
    """The files that a needle may lie in, and sums of their records: a needle lies anywhere among the records."""
    found = [
        file
        for file in files
        if where == "anywhere"
        or (file.place.region == REGIONS[0] and (where == "global" or file.place.account == MANAGEMENT))
    ]
    return found, list(accumulate(file.records for file in found))
