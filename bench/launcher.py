"""Starts one command, waits for it, and writes what it took into a file: ``FILE COMMAND…`` on the command line.

A process of its own, as small as Python can be, since the kernel counts into the peak of a new process the memory of
the one that it was started from. It writes wall seconds, processor seconds and the peak, as the kernel counts that.
"""

import os
import sys
import time


def main() -> int:
    """Ends as the command ends."""
    file, *command = sys.argv[1:]
    began = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - began
    with open(file, "w") as result:  # noqa: PTH123 # pathlib would double our size
        result.write(f"{seconds} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
