"""Bytecode for the asset, compiled by an interpreter of the runtime's own minor version."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def find_interpreter(minor: str) -> Path | None:
    """An interpreter of the given minor version (``"3.13"``) that runs on this machine, or ``None``."""
    if minor == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    return next((path for path in _candidates(minor) if _runs(path, minor)), None)


def compile_tree(tree: Path, *, python: Path, runs_in: str) -> None:
    """Compiles every module below ``tree``; ``runs_in`` is the folder that tracebacks will name in its place.

    CDK gives every file of an asset the same time of 1980, which makes Python throw away bytecode that was stamped
    with the time of its source: hence unchecked hashes.
    Source: https://docs.python.org/3/library/compileall.html#cmdoption-compileall-invalidation-mode
    """
    how = ["--invalidation-mode", "unchecked-hash", "-s", str(tree), "-p", runs_in]
    # One process and one hash seed: the order in which strings were met shows in the bytes of a .pyc.
    subprocess.run(  # noqa: S603 -- an interpreter that was just found to be one
        [python, "-S", "-m", "compileall", "-q", *how, str(tree)], check=True, env={"PYTHONHASHSEED": "0"}
    )


def _candidates(minor: str) -> Iterator[Path]:
    for folder in os.get_exec_path():
        found = shutil.which(f"python{minor}", path=folder)
        if found:
            yield Path(found)
    yield from sorted(Path.home().glob(f".pyenv/versions/{minor}.*/bin/python"), reverse=True)


def _runs(python: Path, minor: str) -> bool:
    # A shim of pyenv bears the name on the path and fails when its version is not the one switched on.
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-S", "-c", ask], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 -- that is the question
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == minor
