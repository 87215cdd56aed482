"""Temporary files in memory where there is room: an embedded AWS writes and deletes thousands of small ones, which
takes a disk longer than all else. A ``TMPDIR`` that is set stays."""

import os
import shutil
import subprocess
import tempfile
from multiprocessing.util import Finalize
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30  # of some sixty megabytes for each organisation, and of what a page in Chromium takes
_NAME = "rootwatch-tests-"  # then the process it belongs to
_AFTER_ALL = -200  # multiprocessing takes its own folder away at -100


def pytest_configure(config: pytest.Config) -> None:
    """A folder of this run's own, before any file is made; the workers of xdist inherit it."""
    if "TMPDIR" not in os.environ and _serves(_MEMORY):
        _clear_up()
        made = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix=f"{_NAME}{os.getpid()}-", dir=_MEMORY)
        tempfile.tempdir = None
        Finalize(None, shutil.rmtree, args=(made,), kwargs={"ignore_errors": True}, exitpriority=_AFTER_ALL)


def _clear_up() -> None:
    """What runs left that were killed."""
    for folder in _MEMORY.glob(f"{_NAME}*-*"):
        if not Path("/proc", folder.name.removeprefix(_NAME).partition("-")[0]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _serves(folder: Path) -> bool:
    """Whether there is room, and what lies there may be run: functions are. In a container, often neither is so."""
    try:
        if shutil.disk_usage(folder).free < _ROOM:
            return False
        with tempfile.TemporaryDirectory(dir=folder) as made:
            script = Path(made, "true")
            script.write_text("#!/bin/sh\n")
            script.chmod(0o700)
            subprocess.run([str(script)], check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True
