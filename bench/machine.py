"""What the measurements run on, in the words that the page quotes."""

import os
import platform
import re
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True):
    """The machine: how many cores it lets us use, their model, the system and the Python."""

    cores: int
    cpu: str
    system: str
    python: str


def cores() -> tuple[int, ...]:
    """The numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def machine() -> Machine:
    """This machine."""
    return Machine(len(cores()), _cpu(), f"{platform.system()} {platform.machine()}", platform.python_version())


def _cpu() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "unknown"
