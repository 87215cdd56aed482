"""What was measured, as `make bench` left it and `make bench-page` took it over."""

from bench import report as told
from bench.publish import measured
from docs._generators.tables import table


def setting() -> str:
    """On what, with what and when."""
    return told.setting(measured())


def figures() -> str:
    """A row a contender."""
    return table(told.FIGURES_HEAD, told.figure_rows(measured().figures))


def sizes() -> str:
    """The engine by how much it reads, and the straight lines through that."""
    report = measured()
    rows = table(told.FIGURES_HEAD, told.figure_rows(report.sizes))
    return f"{rows}\n\n{table(told.LINES_HEAD, told.line_rows(report.lines))}"


def promises() -> str:
    """What is promised and whether it holds."""
    return table(told.VERDICTS_HEAD, told.verdict_rows(measured().verdicts))


def sides() -> str:
    """The smaller measurements."""
    return table(told.SIDES_HEAD, told.side_rows(measured().sides))
