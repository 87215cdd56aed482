"""Runs a command as a whole process, or two as a pipe, and tells what the operating system says that it took."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec

_KILOBYTE: Final = 1 if sys.platform == "darwin" else 1024  # of the peak
_LAUNCHER: Final = (sys.executable, "-I", "-S", str(Path(__file__).with_name("launcher.py")))


class Failed(Exception):  # noqa: N818 # as what it says
    """A command ended with an exit code that is a failure; says which, and the end of what it wrote to stderr."""


class Took(msgspec.Struct, frozen=True):
    """Wall and processor time in seconds, and the peak memory of the largest single process in bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(
    stages: Sequence[Sequence[str]],
    *,
    on: Sequence[int],
    feed: Path | None = None,
    env: Mapping[str, str] | None = None,
    codes: Collection[int] = (0,),
) -> tuple[Took, bytes]:
    """Runs the stages, each reading what the one before writes, and returns the last one's output too.

    ``on`` are the cores that they may use, ``feed`` is the first one's standard input, ``env`` comes on top of ours.
    Children count as the stage's own. ``codes`` are the exit codes that are no failure. Raises Failed.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile() as errors,
        _pinned(on),
        _opened(feed) as first,
    ):
        results = [Path(folder) / str(number) for number in range(len(stages))]
        commands = [(*_LAUNCHER, str(result), *stage) for result, stage in zip(results, stages, strict=True)]
        processes = _start(commands, first, errors, {**os.environ, **(env or {})})
        last = processes[-1].stdout
        assert last is not None
        with last:
            output = last.read()
        for stage, process in zip(stages, processes, strict=True):
            _wait(stage, process, errors, codes)
        took = [_read(result) for result in results]
    seconds, cpu_seconds, peaks = zip(*took, strict=True)
    return Took(max(seconds), sum(cpu_seconds), int(max(peaks) * _KILOBYTE)), output


def _start(
    commands: Sequence[Sequence[str]], first: IO[bytes] | int, errors: IO[bytes], env: Mapping[str, str]
) -> list["subprocess.Popen[bytes]"]:
    started: list[subprocess.Popen[bytes]] = []
    for command in commands:
        source = started[-1].stdout if started else first
        started.append(subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=errors, env=env))
        if len(started) > 1 and started[-2].stdout:
            started[-2].stdout.close()  # the next stage holds the other end: it must see the end of it
    return started


def _wait(stage: Sequence[str], process: "subprocess.Popen[bytes]", errors: IO[bytes], codes: Collection[int]) -> None:
    if process.wait() not in codes:
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip()[-500:]
        raise Failed(f"{' '.join(stage)} ended with {process.returncode}: {said}")


def _read(result: Path) -> tuple[float, float, float]:
    seconds, cpu_seconds, peak = map(float, result.read_text("ascii").split())
    return seconds, cpu_seconds, peak


@contextmanager
def _pinned(on: Sequence[int]) -> Iterator[None]:
    """Our own cores, which children inherit, for as long as they are started."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, on)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _opened(feed: Path | None) -> Iterator[IO[bytes] | int]:
    if feed is None:
        yield subprocess.DEVNULL
        return
    with feed.open("rb") as file:
        yield file
