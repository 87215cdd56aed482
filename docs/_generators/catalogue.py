"""The catalogue as tables: how much of what, and every critical action."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from docs._generators.tables import table
from rootwatch.catalogue.rows import Row, Service, read_toml_files
from rootwatch.core.words import SEVERITIES


def numbers() -> str:
    """How full it is, in a sentence."""
    rows = [row for service in _services() for row in service.action]
    needs_root = sum(row.needs_root for row in rows)
    central = sum(bool(row.central) for row in rows)
    told = (
        f"{len(rows)} rows for {len(_services())} services; {needs_root} of them are tasks that AWS says need the root "
        f"user, {central} could have been done by centralised root access without a root sign-in."
    )
    return textwrap.fill(told, 120)


def services() -> str:
    """A line a service: its rows by severity."""
    severities = list(reversed(SEVERITIES))
    return table(("service", "rows", *severities), (_counted(service, severities) for service in _services()))


def critical() -> str:
    """Every critical action, a table a service."""
    return "\n\n".join(_critical_ones())


@cache
def _services() -> tuple[Service, ...]:
    return tuple(read_toml_files())


def _counted(service: Service, severities: Sequence[str]) -> list[str]:
    found: Counter[str] = Counter(row.severity for row in service.action)
    return [f"`{service.service}`", str(len(service.action)), *(str(found[s] or "") for s in severities)]


def _critical_ones() -> Iterator[str]:
    for service in _services():
        rows = [row for row in service.action if row.severity == "critical"]
        if rows:
            yield f"### {service.service}\n\n{table(('action', 'root …', 'harm', 'ATT&CK'), map(_row, rows))}"


def _row(row: Row) -> tuple[str, str, str, str]:
    return f"`{row.name}`", row.says, row.harm, row.technique
