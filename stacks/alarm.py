"""One alarm about rootwatch itself, and the metrics of our own that alarms look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

NAMESPACE: Final = "rootwatch"
# The metrics of our own that alarms look at; each carries the function's name as the dimension "service".
SENDS_FAILED: Final = "SendsFailed"
OLDEST_DUE: Final = "OldestDueSeconds"
LONGEST_UNSENT: Final = "UnsentSeconds"
CANARIES_HEARD: Final = "CanariesHeard"
CANARIES_MISSING: Final = "CanariesMissing"
LOG_FILES_READ: Final = "LogFilesRead"
LOG_FILES_REFUSED: Final = "LogFilesRefused"
LOG_FILES_DAMAGED: Final = "LogFilesDamaged"
FAST_PATH_MISSED: Final = "FastPathMissed"

_OF_ANY_FUNCTION: Final = frozenset({"errors", "throttles", "silent"})
MINUTE: Final = 60
HOUR: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm, about a metric of our own unless it names another namespace.

    It goes off when ``statistic`` of the metric is at or beyond ``threshold`` in each of ``periods``.
    """

    name: str
    means: str
    do: str
    metric: str
    dimensions: Mapping[str, str]
    namespace: str = NAMESPACE
    statistic: Literal["Maximum", "Sum"] = "Maximum"
    bad: Literal["at-least", "less-than"] = "at-least"
    threshold: float = 1
    period_seconds: int = 5 * MINUTE
    periods: int = 1

    @property
    def description(self) -> str:
        """At most 1,024 characters."""
        return f"{self.means} {self.do} Runbook: docs/runbook.md, {self.section}."

    @property
    def section(self) -> str:
        """The heading in docs/runbook.md: one for all functions, or its own name."""
        of_any_function = self.name.rpartition("-")[2]
        return of_any_function if of_any_function in _OF_ANY_FUNCTION else self.name
