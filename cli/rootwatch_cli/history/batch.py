"""What one process reads at a time: a batch of log files."""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final

import msgspec

from rootwatch.archive import Damage, Found, read_log_file
from rootwatch.archive.canaries import is_canary_or_none_of_ours
from rootwatch.archive.reader import Size
from rootwatch_cli.history.concerning import Concerning
from rootwatch_cli.history.depth import cut
from rootwatch_cli.history.files import STANDARD_INPUT, LogFile, only_here

_MOST_FILES: Final = 64  # to hand a batch over takes half a millisecond, as long as a dozen small files
_MOST_BYTES: Final = 8_000_000


class Batch(msgspec.Struct, frozen=True):
    """Files to read, what of them to keep, and the AWS profile by which those in S3 are fetched."""

    files: list[LogFile]
    concerning: Concerning
    profile: str | None

    @property
    def is_only_here(self) -> bool:
        """Whether only the process that was started by a person can read it."""
        return only_here(self.files[0].name)


class Answer(msgspec.Struct, frozen=True):
    """What a batch gave, and how much was read."""

    size: Size
    results: list[Found | Damage]


def read_batch(batch: Batch) -> Answer:
    """Reads the files; never raises for what is wrong with one of them."""
    size = Size()
    local = [file for file in batch.files if file.bucket is None]
    remote = [file for file in batch.files if file.bucket is not None]
    results = [one for file in local for one in _read_local(file, batch.concerning, size)]
    if remote:
        # Only here: what reads local files loads no AWS client.
        from rootwatch_cli.history.fetching import read_remote

        results += read_remote(remote, batch.concerning, batch.profile, size)
    # Only what can be handed from process to process.
    results = [Found(cut(one.item), one.file) if isinstance(one, Found) else one for one in results]
    size.files = len(batch.files)
    size.packed += sum(file.size for file in batch.files)
    return Answer(size, results)


def _read_local(file: LogFile, concerning: Concerning, size: Size) -> Iterator[Found | Damage]:
    if file.name == STANDARD_INPUT:
        stream = sys.stdin.buffer if sys.stdin.buffer.seekable() else BytesIO(sys.stdin.buffer.read())
        yield from read_log_file(stream, STANDARD_INPUT, concerning, size, is_canary_or_none_of_ours)
        size.packed += stream.tell()
        return
    try:
        # A path for every file costs more than to open it, a buffer more than to read it.
        with open(file.name, "rb", buffering=0) as stream:  # noqa: PTH123
            yield from read_log_file(stream, file.name, concerning, size, is_canary_or_none_of_ours)
    except OSError as error:
        yield Damage(file.name, 0, f"can't be read ({error.strerror})")


def batches(files: Iterable[LogFile], concerning: Concerning, profile: str | None) -> Iterator[Batch]:
    """The files by so many at a time that a process has something to do, and gives way soon."""
    batch: list[LogFile] = []
    size = 0
    for file in files:
        if only_here(file.name):
            yield Batch([file], concerning, profile)
            continue
        batch.append(file)
        size += file.size
        if len(batch) == _MOST_FILES or size >= _MOST_BYTES:
            yield Batch(batch, concerning, profile)
            batch, size = [], 0
    if batch:
        yield Batch(batch, concerning, profile)
