"""What a run of the measurements found, as it is kept in JSON, and as tables that people read."""

from collections.abc import Sequence
from typing import Final

import msgspec

from bench.archive.truth import Manifest
from bench.machine import Machine
from bench.ratios import MEGABYTE, Figure, Verdict

_GIGABYTE: Final = 1_000_000_000

Row = tuple[str, ...]


class Line(msgspec.Struct, frozen=True):
    """The straight line through the sizes: seconds at the start, and bytes a second after it."""

    title: str
    start_seconds: float
    rate: float


class Side(msgspec.Struct, frozen=True):
    """A smaller measurement: what, how much, and of what it is the median."""

    what: str
    measured: str
    of: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run. ``load`` is the machine's at the beginning: what else ran on it, in processes."""

    date: str
    machine: Machine
    load: float
    tools: dict[str, str]
    archive: Manifest
    figures: list[Figure]
    sizes: list[Figure]
    lines: list[Line]
    verdicts: list[Verdict]
    sides: list[Side]

    @property
    def holds(self) -> bool:
        """Whether every promise holds."""
        return all(verdict.holds for verdict in self.verdicts)


def setting(report: Report) -> str:
    """On what, with what and when, in a sentence or two."""
    archive, machine = report.archive, report.machine
    tools = ", ".join(f"{name} {version}" for name, version in report.tools.items())
    return (
        f"Measured on {report.date}: {machine.cores} cores of {machine.cpu}, {machine.system}, "
        f"Python {machine.python}, {tools}; load {report.load:.1f} when it began. The archive: {archive.records:,} "
        f"records in {archive.files:,} log files, {archive.raw_bytes / _GIGABYTE:.2f} GB unpacked, "
        f"{archive.packed_bytes / MEGABYTE:,.0f} MB packed, the largest file "
        f"{archive.largest_raw_bytes / MEGABYTE:.0f} MB; seed {archive.seed}."
    )


FIGURES_HEAD: Final = ("", "GB/s", "seconds: median (least to most)", "processor seconds", "peak MB", "bytes read")


def figure_rows(figures: Sequence[Figure]) -> list[Row]:
    """A row a contender."""
    return [
        (
            one.title,
            f"{one.rate / _GIGABYTE:.2f}",
            f"{one.seconds:.2f} ({one.seconds_min:.2f} to {one.seconds_max:.2f})",
            f"{one.cpu_seconds:.2f}",
            f"{one.peak_bytes / MEGABYTE:.0f}",
            f"{one.raw_bytes / _GIGABYTE:.2f} GB",
        )
        for one in figures
    ]


LINES_HEAD: Final = ("", "seconds to start", "GB/s after that")


def line_rows(lines: Sequence[Line]) -> list[Row]:
    """A row a line."""
    return [(one.title, f"{one.start_seconds:.2f}", f"{one.rate / _GIGABYTE:.2f}") for one in lines]


VERDICTS_HEAD: Final = ("promise", "measured", "holds")


def verdict_rows(verdicts: Sequence[Verdict]) -> list[Row]:
    """A row a promise."""
    return [(one.promise, one.measured, "yes" if one.holds else "NO") for one in verdicts]


SIDES_HEAD: Final = ("", "measured", "of")


def side_rows(sides: Sequence[Side]) -> list[Row]:
    """A row a smaller measurement."""
    return [(one.what, one.measured, one.of) for one in sides]


def text_table(head: Row, rows: Sequence[Row]) -> str:
    """For a terminal: columns as wide as what stands in them."""
    lines = [head, *rows]
    widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in lines
    )
