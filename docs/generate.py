"""Writes the generated parts of the Markdown pages, or checks that they have not drifted: ``python -m docs.generate``.

A page holds its prose, and between ``<!-- begin: name -->`` and ``<!-- end: name -->`` what is generated from the code.
A page of the book ends with a line that leads to its neighbours.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from docs._generators import (
    alarms,
    alerts,
    attacks,
    book,
    catalogue,
    command_line,
    cost,
    doctor,
    history,
    licences,
    performance,
    permissions,
    posture,
    reliability,
    settings,
)

ROOT: Final = Path(__file__).resolve().parent.parent
PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "headlines": alerts.headlines,
    "sample e-mails": alerts.mails,
    "watch events": alerts.watch_events,
    "alarms": alarms.every_alarm,
    "attacks": attacks.attempts,
    "attacks measured on": attacks.setting,
    "catalogue numbers": catalogue.numbers,
    "catalogue services": catalogue.services,
    "catalogue critical": catalogue.critical,
    "commands": command_line.commands,
    "cost totals": cost.totals,
    "cost habits": cost.habits,
    "cost groups": cost.groups,
    "cost items": cost.items,
    "cost prices": cost.listed,
    "cost assumptions": cost.assumptions,
    "doctor preflight": doctor.preflight,
    "doctor well": doctor.well,
    "doctor unwell": doctor.unwell,
    "licences of the asset": licences.vendored,
    "licences of the project": licences.used,
    "permissions of roles": permissions.roles,
    "permissions on resources": permissions.resource_policies,
    "posture transcript": posture.transcript,
    "posture by framework": posture.by_framework,
    "posture rules": posture.rules,
    "replay figures": history.figures,
    "replay story": history.story,
    "chaos measured on": reliability.setting,
    "chaos figures": reliability.figures,
    "chaos load": reliability.load,
    "measured on": performance.setting,
    "measured figures": performance.figures,
    "measured sizes": performance.sizes,
    "measured promises": performance.promises,
    "measured sides": performance.sides,
    "settings": settings.top,
    "settings of expected_use": settings.expected_use,
    "settings of networks": settings.networks,
    "settings of slack": settings.slack,
    "settings of pagerduty": settings.pagerduty,
    "settings of trail": settings.trail,
    "settings of topic": settings.topic,
    "settings of operations": settings.operations,
    "settings of coverage": settings.coverage,
    "settings of heartbeat": settings.heartbeat,
    "settings of posture": settings.posture,
}
_PART: Final = re.compile(r"(<!-- begin: (?P<name>[^>]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)


class PageError(ValueError):
    """One sentence that names the page and says what is wrong with it."""


def pages() -> Iterator[Path]:
    """Every page that may hold a generated part."""
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def generated(page: Path) -> str:
    """The page as it should be. Raises ``PageError`` for a part that nobody generates."""

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in PARTS:
            raise PageError(f"{page.relative_to(ROOT)} asks for the part {name}: write one of {', '.join(PARTS)}.")
        return f"{found[1]}\n{PARTS[name]().strip()}\n\n{found[3]}"

    text = _PART.sub(part, page.read_text("utf-8"))
    return book.with_neighbours(page, text, ROOT / "docs" / "README.md")


def main(arguments: list[str] | None = None) -> int:
    """Writes the pages anew, or with ``--check`` names the first that has drifted and returns 1."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.generate", description="Writes the generated parts of the pages."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page has drifted")
    check = parser.parse_args(arguments).check
    for page in pages():
        try:
            text = generated(page)
        except PageError as error:
            print(error, file=sys.stderr)
            return 1
        if text == page.read_text("utf-8"):
            continue
        if check:
            print(f"{page.relative_to(ROOT)} has drifted from the code: run `make docs`.", file=sys.stderr)
            return 1
        page.write_text(text, "utf-8")
        print(f"{page.relative_to(ROOT)} written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
