"""The tools that we are measured against: whether they are there, and which versions."""

import shutil
import subprocess
from importlib import metadata
from typing import Final

# Each with the package of Debian and Ubuntu that brings it.
_PROGRAMS: Final = {"rg": "ripgrep", "jq": "jq", "zcat": "gzip", "xargs": "findutils"}
_LIBRARIES: Final = ("isal", "duckdb")


class MissingToolError(Exception):
    """Says which tool is missing, and what to do."""


def tools() -> dict[str, str]:
    """Name and version of what we are measured against. Raises MissingToolError."""
    missing = [package for program, package in _PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        raise MissingToolError(f"The measurements need {' and '.join(missing)}: apt-get install {' '.join(missing)}.")
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {"ripgrep": _version("rg").split()[1], "jq": _version("jq").removeprefix("jq-"), **libraries}


def _version(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return said.splitlines()[0]
