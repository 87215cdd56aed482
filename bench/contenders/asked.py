"""What every script is asked: which archive, and how much of it."""

import sys

from bench.log_files import log_files


def paths() -> list[str]:
    """The log files to read: ``FOLDER FIRST EVERY TIMES`` on the command line, as `log_files` takes them. No argparse:
    its import would be measured."""
    folder, *numbers = sys.argv[1:5]
    return log_files(folder, *map(int, numbers))
