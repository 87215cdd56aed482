"""``doctor``: everything that must be so for rootwatch to tell of root, as pure checks over what was looked up."""

from rootwatch.core.settings import Settings
from rootwatch_cli.doctoring.delivery import delivery
from rootwatch_cli.doctoring.finding import Finding
from rootwatch_cli.doctoring.hub import hub
from rootwatch_cli.doctoring.matrix import matrix
from rootwatch_cli.doctoring.state import State


def examination(state: State, settings: Settings) -> list[Finding]:
    """All findings, the matrix first."""
    return [finding for check in (matrix, hub, delivery) for finding in check(state, settings)]
