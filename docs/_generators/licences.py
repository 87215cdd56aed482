"""Licences, as the installed packages state them."""

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from docs._generators.tables import table

_ROOT: Final = Path(__file__).resolve().parents[2]
# Some packages state their licence in words of their own.
_SPELLED: Final = {"BSD 2-Clause License": "BSD-2-Clause", "MIT License": "MIT", "The MIT License (MIT)": "MIT"}
_NOT_STATED: Final = "not stated"  # as those two are of which Linux alone, or not every Python, gets a wheel
_HEADS: Final = ("package", "version", "licence")


def vendored() -> str:
    """What the Lambda's asset holds beside our own code: its requirements and all below them."""
    found: set[str] = set()
    waiting = _named(_ROOT / "lambda" / "requirements.txt")
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _needed_by(name)
    return table(_HEADS, [_row(name) for name in sorted(found)])


def used() -> str:
    """The direct pins of the project's tools and tests, and the CDK's command line."""
    pins = [one for name in ("requirements.txt", "requirements-dev.txt") for one in _pins(_ROOT / name)]
    package = json.loads((_ROOT / "package-lock.json").read_bytes())["packages"]
    npm = [
        (path.removeprefix("node_modules/") + " (npm)", entry["version"], entry.get("license", _NOT_STATED))
        for path, entry in package.items()
        if path
    ]
    rows = {_canonical(one.name): pinned(one) for one in pins}
    return table(_HEADS, [*(rows[name] for name in sorted(rows)), *npm])


def pinned(pin: Requirement) -> tuple[str, str, str]:
    """A direct pin's row; what this machine or Python does not get is not there to be asked for its licence."""
    if pin.marker is None or pin.marker.evaluate():
        return _row(_canonical(pin.name))
    return _canonical(pin.name), next(iter(pin.specifier)).version, _NOT_STATED


def _row(name: str) -> tuple[str, str, str]:
    return name, metadata.version(name), _licence(name)


def _named(file: Path) -> list[str]:
    return [_canonical(one.name) for one in _pins(file)]


def _pins(file: Path) -> list[Requirement]:
    lines = [line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def _needed_by(name: str) -> list[str]:
    requirements = [Requirement(text) for text in metadata.requires(name) or []]
    return [_canonical(one.name) for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})]


def _licence(name: str) -> str:
    stated = metadata.metadata(name).json
    # The older field may hold the whole text of the licence: its first line names it.
    words = str(stated.get("license_expression") or stated.get("license") or "").strip()
    text = words.partition("\n")[0]
    return _SPELLED.get(text, text) or _NOT_STATED


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
