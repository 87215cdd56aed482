"""What attackers tried, and what was told of it, as the last published run noted it."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from docs._generators.tables import table

MEASURED: Final = Path(__file__).resolve().parents[2] / "tests" / "attacks" / "measured.json"


def setting() -> str:
    """Where and when it was measured."""
    report = _report()
    return f"Measured on {report['measured'][:10]}: {report['machine']}; {len(report['attempts'])} attempts."


def attempts() -> str:
    """A table an attacker, a row an attempt."""
    tables = []
    for attacker, rows in groupby(_report()["attempts"], key=lambda row: row["attacker"]):
        head = ("tries to", "how", "what comes of it", "by", "after")
        tables.append(f"### {attacker[0].upper()}{attacker[1:]}\n\n{table(head, map(_row, rows))}")
    return "\n\n".join(tables)


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    told = row["told"]
    what, by, after = (
        "<br>".join(one) for one in zip(*((one["what"], one["by"], _after(one)) for one in told), strict=True)
    )
    return row["tries"], row["does"].replace("<", "&lt;"), what, by, after


def _after(told: dict[str, Any]) -> str:
    """Seconds are measured; minutes are those by which the test moved the clock."""
    if told.get("seconds") is not None:
        return f"{max(told['seconds'], 0.1):g} s"
    minutes = told.get("minutes", 0)
    if not minutes:
        return ""
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _report() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(MEASURED.read_bytes())
    return report
