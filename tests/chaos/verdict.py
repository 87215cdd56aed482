"""What the judge found, and the bars."""

import statistics
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Verdict:
    """``notes`` says of each breach what it was."""

    records: int = 0
    incidents: int = 0
    late_incidents: int = 0  # more than the story has: a record came after the first had closed
    lost: int = 0
    unplanned_not_paged: int = 0
    planned_paged: int = 0
    extra_pages: int = 0
    unresolved: int = 0  # pages of what an AssumeRoot explains that still stand
    counts_exact: bool = True
    degraded: int = 0  # messages sent without the table, which say so themselves
    own_incidents: int = 0  # what rootwatch found out by itself: a window that ended, a channel that takes nothing
    dropped_by_event_bridge: int = 0  # records that the log files alone brought
    drops_untold: int = 0  # accounts of such records of which nobody was told that
    paths_doubted: int = 0  # accounts of which it was told though EventBridge had brought all: our queue stood still
    refused: int = 0  # messages that a healthy receiver would not take
    duplicates: dict[str, int] = field(default_factory=dict)
    ambiguous_sends: dict[str, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)  # seconds from the first record that must page to its page
    notes: list[str] = field(default_factory=list)

    def broken(self) -> list[str]:
        """The bars that do not hold."""
        bars = {
            "lost 0": self.lost == 0,
            "unplanned not paged 0": self.unplanned_not_paged == 0,
            "planned paged 0": self.planned_paged == 0,
            "extra pages 0": self.extra_pages == 0,
            "what is explained is resolved": self.unresolved == 0,
            "counts exact": self.counts_exact,
            "what EventBridge drops is told": self.drops_untold == 0,
            "no message that a receiver refuses": self.refused == 0,
            **{
                f"duplicates on {name} at most the ambiguous sends": self.duplicates[name] <= self.ambiguous_sends[name]
                for name in ("slack", "sns")
            },
        }
        return [bar for bar, holds in bars.items() if not holds]

    def latency(self, percent: int) -> float:
        """So many of a hundred pages came as fast as this, in seconds."""
        if len(self.latencies) < 2:  # quantiles need two
            return max(self.latencies, default=0.0)
        return statistics.quantiles(self.latencies, n=100)[percent - 1]

    def as_dict(self) -> dict[str, Any]:
        """The numbers."""
        numbers = {name: value for name, value in asdict(self).items() if name not in ("notes", "latencies")}
        return {**numbers, "latency_p50": round(self.latency(50), 1), "latency_p99": round(self.latency(99), 1)}
