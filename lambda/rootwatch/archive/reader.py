"""From the bytes of one log file to what in it concerns us."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec

from rootwatch.archive.keys import envelope_of
from rootwatch.core.reading import read_text
from rootwatch.core.record import Item, Unreadable


class Found(msgspec.Struct, frozen=True):
    """Something that concerns us, and the file that it stands in."""

    item: Item
    file: str


class Damage(msgspec.Struct, frozen=True):
    """What of a file could not be read: where it begins, in bytes of the unpacked text (of the packed, if the gzip
    itself is damaged), and why."""

    file: str
    offset: int
    reason: str


def read_log_file(stream: BinaryIO, name: str, concerns: Callable[[Item], bool]) -> Iterator[Found | Damage]:
    """Everything in a log file, gzip or plain, that ``concerns`` says is ours; and what could not be read.

    ``name`` is its key or path; the account that stands in it is the truth about its records' account.
    """
    content = stream.read()
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            yield Damage(name, 0, "is damaged gzip")
            return
    for item in read_text(content.decode("utf-8", "replace"), envelope_of(name)):
        if isinstance(item, Unreadable):
            yield Damage(name, 0, item.reason)
        if concerns(item):
            yield Found(item, name)
