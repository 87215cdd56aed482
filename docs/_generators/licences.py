"""Licences, as the installed packages state them."""

import json
import re
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from docs._generators.tables import table

_ROOT: Final = Path(__file__).resolve().parents[2]
# Some packages state their licence in words of their own.
_SPELLED: Final = {"BSD 2-Clause License": "BSD-2-Clause", "MIT License": "MIT", "The MIT License (MIT)": "MIT"}


def vendored() -> str:
    """What the Lambda's asset holds beside our own code: its requirements and all below them."""
    found: set[str] = set()
    waiting = _named(_ROOT / "lambda" / "requirements.txt")
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _needed_by(name)
    return _table(sorted(found))


def used() -> str:
    """The direct pins of the project's tools and tests, and the CDK's command line."""
    names = {*_named(_ROOT / "requirements.txt"), *_named(_ROOT / "requirements-dev.txt")}
    package = json.loads((_ROOT / "package-lock.json").read_bytes())["packages"]
    npm = [
        (path.removeprefix("node_modules/") + " (npm)", entry["version"], entry.get("license", "not stated"))
        for path, entry in package.items()
        if path
    ]
    return _table(sorted(names), npm)


def _table(names: Iterable[str], more: Sequence[tuple[str, str, str]] = ()) -> str:
    rows = [(name, metadata.version(name), _licence(name)) for name in names]
    return table(("package", "version", "licence"), [*rows, *more])


def _named(file: Path) -> list[str]:
    lines = [line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines()]
    return [_canonical(Requirement(line).name) for line in lines if line and not line.startswith("-")]


def _needed_by(name: str) -> list[str]:
    requirements = [Requirement(text) for text in metadata.requires(name) or []]
    return [_canonical(one.name) for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})]


def _licence(name: str) -> str:
    stated = metadata.metadata(name).json
    # The older field may hold the whole text of the licence: its first line names it.
    words = str(stated.get("license_expression") or stated.get("license") or "").strip()
    text = words.partition("\n")[0]
    return _SPELLED.get(text, text) or "not stated"


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
