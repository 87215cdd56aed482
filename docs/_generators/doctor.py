"""The doctor's reports, from the golden samples that the tests compare them with."""

from pathlib import Path
from typing import Final

_GOLDEN: Final = Path(__file__).resolve().parents[2] / "tests" / "golden" / "doctor"


def preflight() -> str:
    """A preflight that finds much."""
    return _report("rootwatch doctor --preflight", "preflight-unwell-80.txt")


def well() -> str:
    """A hub that is well."""
    return _report("rootwatch doctor", "doctor-well-80.txt")


def unwell() -> str:
    """A hub that is not."""
    return _report("rootwatch doctor", "doctor-unwell-80.txt")


def _report(command: str, sample: str) -> str:
    return f"```text\n$ {command}\n{(_GOLDEN / sample).read_text('utf-8').rstrip()}\n```"
