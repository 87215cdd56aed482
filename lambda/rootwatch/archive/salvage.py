"""What there is to be had of damaged gzip: everything before the damage, and where a member begins behind it."""

import re
import zlib
from collections.abc import Generator
from contextlib import suppress
from typing import Final

from rootwatch.archive.packed import GZIP, Broken, Packed

_MEMBER: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL)
_MEMBER_BYTES: Final = 4
_STEP: Final = 1 << 14  # packed bytes at a time: they may become a thousand times as many
_TRIED: Final = 1 << 16  # packed bytes that have to be sound before we believe that a member begins here


def before_damage(packed: Packed, given: int) -> Generator[bytes, None, Broken | None]:
    """Unpacks a damaged member once more, to the last good byte; the first ``given`` bytes of it are known."""
    member, done, broken = zlib.decompressobj(GZIP), 0, None
    while broken is None and not member.eof and (data := packed.slice()[:_STEP]):
        before = member.copy()
        try:
            piece = member.decompress(data)
        except zlib.error:
            piece, sound = _byte_by_byte(before, data)
            broken = Broken(packed.at + sound, "is damaged gzip")
        packed.skip(len(data) - len(member.unused_data))
        fresh = piece[max(given - done, 0) :]
        done += len(piece)
        if fresh:
            yield fresh
    return broken or (None if member.eof else Broken(packed.at, "is cut short"))


def _byte_by_byte(member: "zlib._Decompress", data: bytes) -> tuple[bytes, int]:
    """What a damaged slice gives until zlib sees the damage, and how many of its bytes that took."""
    parts: list[bytes] = []
    with suppress(zlib.error):
        parts.extend(member.decompress(data[at : at + 1]) for at in range(len(data)))
    return b"".join(parts), len(parts)


def go_to_member(packed: Packed, begin: int) -> None:
    """Goes to the first place from here on where a sound member begins, else to the end."""
    packed.go_to(begin)
    before = b""
    while piece := packed.slice():
        text, at = before + piece, packed.at - len(before)
        packed.skip(len(piece))
        behind = packed.at
        for found in _MEMBER.finditer(text):
            packed.go_to(at + found.start())
            if _is_sound(packed):
                packed.go_to(at + found.start())
                return
            packed.go_to(behind)
        before = text[1 - _MEMBER_BYTES :]


def _is_sound(packed: Packed) -> bool:
    """Whether a member begins here, as far as its first bytes tell."""
    member, begin, size = zlib.decompressobj(GZIP), packed.at, 0
    try:
        while not member.eof and packed.at < begin + _TRIED and (data := packed.slice()[:_STEP]):
            size += len(member.decompress(data))
            packed.skip(len(data))
    except zlib.error:
        return False
    return member.eof or size > 0
