"""The cases under tests/fixtures/records: records complete and redacted, each with what it must come out as."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "records"


@dataclass(frozen=True)
class Case:
    """One record (or what stands in a record's place), what else stands in the same input, and what is expected."""

    theme: str
    name: str
    why: str
    record: Any
    expect: dict[str, Any]
    also: tuple[Any, ...] = ()

    @property
    def id(self) -> str:
        """The file and the name: what pytest prints."""
        return f"{self.theme}: {self.name}"


def cases(*themes: str) -> list[Case]:
    """The cases of these themes, of all if none is named."""
    paths = [FOLDER / f"{theme}.json" for theme in themes] or sorted(FOLDER.glob("*.json"))
    return [
        Case(path.stem, case["name"], case["why"], case["record"], case["expect"], tuple(case.get("also", ())))
        for path in paths
        for case in json.loads(path.read_text("utf-8"))
    ]


def main(*themes: str) -> None:
    """Prints the records as JSON lines: ``python -m tests.support.fixtures [THEME…] | rootwatch explain -``."""
    for case in cases(*themes):
        for record in (*case.also, case.record):
            print(json.dumps(record))


if __name__ == "__main__":
    main(*sys.argv[1:])
