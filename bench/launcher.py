"""Starts one command, waits for it, and writes what it took into a file: ``FILE COMMAND…`` on the command line.

A process of its own, as small as Python can be, since the kernel counts into the peak of a new process the memory of
the one that it was started from. It writes wall seconds, processor seconds and the peak, as the kernel counts that.
"""

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_PATIENCE_SECONDS = 10.0


def main() -> int:
    """Ends as the command ends."""
    file, *command = sys.argv[1:]
    _adopt()
    began = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - began
    usages = [usage, *_of_orphans()]
    cpu_seconds = sum(one.ru_utime + one.ru_stime for one in usages)
    with open(file, "w") as result:  # noqa: PTH123 # pathlib would double our size
        result.write(f"{seconds} {cpu_seconds} {max(one.ru_maxrss for one in usages)}")
    return os.waitstatus_to_exitcode(status)


def _adopt() -> None:
    """Has us told of the command's children that it does not wait for, such as multiprocessing's fork server."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _of_orphans() -> "Iterator[resource.struct_rusage]":
    """The usage of those children, and of whom they waited for, as they end."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid:
            yield usage
        else:
            time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
