"""What a replay of the sample history prints, from the golden samples that the tests compare it with."""

from pathlib import Path
from typing import Final

_GOLDEN: Final = Path(__file__).resolve().parents[2] / "tests" / "golden" / "replay"
_COMMAND: Final = "$ rootwatch replay AWSLogs --settings settings.json --accounts accounts.json"
_INCIDENTS: Final = 21  # lines: the figures and the first incidents


def figures() -> str:
    """The figures, and the first of the incidents."""
    lines = _read("ninety-days.txt").splitlines()
    left = (len(lines) - _INCIDENTS) // 2
    return _block([_COMMAND, *lines[:_INCIDENTS], f"… {left} more"])


def story() -> str:
    """The story of a break-in."""
    lines = _read("break-in.txt").splitlines()
    return _block([f"{_COMMAND} --incident {lines[0].split()[-1]}", *lines])


def _block(lines: list[str]) -> str:
    return "\n".join(["```text", *lines, "```"])


def _read(name: str) -> str:
    return (_GOLDEN / name).read_text("utf-8").rstrip()
