"""From the runs of a measurement to figures, ratios and what is promised of them. Arithmetic alone."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

import msgspec

from bench.whole_process import Took

MEGABYTE: Final = 1_000_000
_MOST_MEGABYTES: Final = 100
_MOST_GROWTH: Final = 1.5  # of memory, from a hundredth to ten times: a thousand times the bytes
_MOST_LONGER: Final = 1.1


class Figure(msgspec.Struct, frozen=True):
    """All runs of one contender: seconds of the wall clock, bytes unpacked in each run, the largest peak in bytes."""

    name: str
    title: str
    cores: int
    raw_bytes: int
    seconds_min: float
    seconds: float
    seconds_max: float
    cpu_seconds: float
    peak_bytes: int
    runs: int

    @property
    def rate(self) -> float:
        """Bytes of unpacked text a second, at the median."""
        return self.raw_bytes / self.seconds


class Bar(msgspec.Struct, frozen=True):
    """A promise: ``what`` is at least so many times as fast as ``than``."""

    what: str
    than: str
    times: float


class Verdict(msgspec.Struct, frozen=True):
    """What was promised, what was measured, and whether the promise holds."""

    promise: str
    measured: str
    holds: bool


# What a quiet machine holds, with something to spare. docs/performance.md says where the time goes, and why no more.
BARS: Final[Sequence[Bar]] = (
    # To look at every byte once more takes a seventh of unpacking it, by the fastest search there is.
    Bar("engine-1", "unpack-alone", 0.7),
    Bar("engine-2", "engine-1", 1.7),
    Bar("engine-2", "ripgrep", 7),
    # DuckDB unpacks and splits JSON in six times the time that isal unpacks in: nothing can be 15 times as fast.
    Bar("engine-2", "duckdb", 4.5),
    Bar("engine-2", "jq", 15),
    Bar("stdlib-2", "ripgrep", 3),
)


def figure(name: str, title: str, cores: int, raw_bytes: int, runs: Sequence[Took]) -> Figure:
    """The figures of a contender. Raises statistics.StatisticsError when there is no run."""
    seconds = [run.seconds for run in runs]
    return Figure(
        name=name,
        title=title,
        cores=cores,
        raw_bytes=raw_bytes,
        seconds=median(seconds),
        seconds_min=min(seconds),
        seconds_max=max(seconds),
        cpu_seconds=median(run.cpu_seconds for run in runs),
        peak_bytes=max(run.peak_bytes for run in runs),
        runs=len(runs),
    )


def faster(figures: Mapping[str, Figure]) -> list[Verdict]:
    """Each promise of speed, by the ratio of the medians' rates."""
    return [_faster(figures[bar.what], figures[bar.than], bar.times) for bar in BARS]


def _faster(what: Figure, than: Figure, times: float) -> Verdict:
    ratio = what.rate / than.rate
    return Verdict(f"{what.title}: at least {times:g} times as fast as {than.title}", f"{ratio:.2f}", ratio >= times)


def small(figures: Sequence[Figure]) -> Verdict:
    """The promise of memory, for whatever ran."""
    peak = max(one.peak_bytes for one in figures) / MEGABYTE
    return Verdict(f"rootwatch: at most {_MOST_MEGABYTES} MB a process", f"{peak:.0f} MB", peak <= _MOST_MEGABYTES)


def flat(least: Figure, most: Figure) -> Verdict:
    """The promise that memory does not grow with what is read."""
    growth = most.peak_bytes / least.peak_bytes
    return Verdict(
        f"{most.title}: at most {_MOST_GROWTH:g} times the memory of {least.title}",
        f"{growth:.2f}",
        growth <= _MOST_GROWTH,
    )


def linear(once: Figure, more: Figure) -> Verdict:
    """The promise that time grows with what is read, and no faster."""
    longer = once.rate / more.rate
    return Verdict(
        f"{more.title}: at most {_MOST_LONGER:g} times as long a byte as {once.title}",
        f"{longer:.2f}",
        longer <= _MOST_LONGER,
    )


def fit(figures: Sequence[Figure]) -> tuple[float, float]:
    """Seconds at the start, and bytes a second after it: the straight line that fits best (least squares).

    Raises ValueError for fewer than two sizes.
    """
    points = [(one.raw_bytes, one.seconds) for one in figures]
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        raise ValueError("a line needs two sizes at least")
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return mean_y - slope * mean_x, 1 / slope
