"""The log files of an archive, listed leanly: this is part of what is measured."""

import os
from collections.abc import Iterator


def log_files(folder: str, first: int = 0, every: int = 1, times: int = 1) -> list[str]:
    """The paths of log files, the biggest first: of these the so-many-th and every so-many-th after it, so many times
    over. Digest files are left out."""
    found = sorted(_walk(f"{folder}/AWSLogs"), reverse=True)
    return [path for _, path in found][first::every] * times


def _walk(folder: str) -> Iterator[tuple[int, str]]:
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    yield entry.stat().st_size, entry.path
                elif entry.name != "CloudTrail-Digest":
                    waiting.append(entry.path)
