"""What must stand in the bytes of whatever concerns us, from the core and the catalogue: a new row brings its word.

A text in which none of these words stands holds nothing for us. That one does says little: the core decides.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations, takewhile
from typing import Final

import msgspec

from rootwatch.archive.search import Search, fastest
from rootwatch.catalogue import watch
from rootwatch.catalogue.watch.row import OURS
from rootwatch.core.canary import ROLE_NAME
from rootwatch.core.root_use import RECOVERY
from rootwatch.core.tags import TAG_CALLS

ASSUME_ROOT: Final = "AssumeRoot"
ESCAPE: Final = rb"\u00"
# An escape that spells a letter may spell any word. Those of signs, such as of < > = & ', are common in log files.
LETTERS: Final = tuple(ESCAPE + digit for digit in (b"4", b"5", b"6", b"7"))
# Whatever is packed into CloudWatch Logs' data can be seen only by unpacking it.
_PACKED_INSIDE: Final = "awslogs"
_SHORTEST: Final = 7  # of what two words share
_LONGEST_ESCAPE: Final = len(ESCAPE) + 2
_BACKSLASH: Final = ord("\\")
# What may stand beside a word: its string's quotation marks, and in it all but ASCII's visible characters.
_EDGES: Final = frozenset(range(256)) - frozenset(range(0x21, 0x7F)) | {ord('"')}
_MAY_FOLLOW: Final = _EDGES | {_BACKSLASH}
_NO_BYTE: Final = 256


class Word(msgspec.Struct, frozen=True):
    """``begins`` and ``ends`` its JSON string: there is nothing but space and control characters before it, or behind.

    ``any_case``: however it is spelled, in small letters here.
    """

    text: bytes
    begins: bool = True
    ends: bool = True
    any_case: bool = False


@lru_cache(maxsize=1)
def words() -> tuple[Word, ...]:
    """Every word: what the core's decisions, each in its own way, can't do without."""
    alone = [ASSUME_ROOT, *sorted(RECOVERY), *sorted(TAG_CALLS), _PACKED_INSIDE]
    inside = [ROLE_NAME, ":root"]
    found = [Word(b"root", any_case=True)]
    for row in watch.load().rows():
        if row.ours:
            inside.append(OURS)
        elif row.name:
            alone.append(row.name)
        else:
            found.append(Word(row.prefix.encode(), ends=False))
    found += [Word(text.encode()) for text in alone]
    found += [Word(text.encode(), begins=False, ends=False) for text in inside]
    found += [Word(escape, begins=False, ends=False) for escape in LETTERS]
    return tuple(dict.fromkeys(found))


class Words:
    """Finds words in texts."""

    def __init__(self, wanted: Sequence[Word], make: Callable[..., Search] = fastest) -> None:
        any_case = [word.text for word in wanted if word.any_case]
        exact = _needles([word.text for word in wanted if not word.any_case], any_case)
        needles = [*exact, *any_case]
        self._search: Final = make(exact, any_case)
        self._by_next_byte: Final = [_by_next_byte(needle, wanted) for needle in needles]
        self._may_hide: Final = [any(_may_hide(needle, word) for word in wanted) for needle in needles]
        self._longest: Final = max(len(word.text) for word in wanted)

    def places(self, text: bytes) -> list[int]:
        """Where a word stands, or a part of one: in order, one place at least for each."""
        return [
            start
            for which, start, end in self._search(text)
            if self._stands(text, which, start, end) or (self._may_hide[which] and self._hides(text, start, end))
        ]

    def _stands(self, text: bytes, which: int, start: int, end: int) -> bool:
        for offset, word in self._by_next_byte[which][text[end] if end < len(text) else _NO_BYTE]:
            begin = start - offset
            if (
                begin >= 0
                and (word.any_case or text.startswith(word.text, begin))
                and (not word.begins or _may_begin(text, begin))
            ):
                return True
        return False

    def _hides(self, text: bytes, start: int, end: int) -> bool:
        """Whether a word stands where the search, which goes on behind its hit, no longer looked."""
        return bool(self.places(text[start + 1 : end + self._longest]))


def _needles(texts: Sequence[bytes], found_anyway: Sequence[bytes]) -> list[bytes]:
    """A few byte strings of which each text holds one: fewer are faster. Texts that hold ``found_anyway`` need none."""
    needles = [ESCAPE, *(text for text in texts if not any(part in text.lower() for part in found_anyway))]
    tails = [_common_tail(one, other) for one, other in combinations(needles, 2)]
    # One that begins inside of a name's word, such as eAccount: Account and Organization stand everywhere.
    needles += [tail for tail in tails if len(tail) >= _SHORTEST and tail[:1].islower()]
    return [needle for needle in dict.fromkeys(needles) if not any(n in needle for n in needles if n != needle)]


def _common_tail(one: bytes, other: bytes) -> bytes:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(one), reversed(other), strict=False))
    return one[len(one) - len(list(same)) :]


def _by_next_byte(needle: bytes, wanted: Sequence[Word]) -> list[tuple[tuple[int, Word], ...]]:
    """The words that hold a needle, and where in them, by the byte that follows the needle; at ``_NO_BYTE`` by none."""
    inside = [(at, word) for word in wanted for at in _everywhere(needle.lower(), word.text.lower())]
    at_end = [(at, word) for at, word in inside if at + len(needle) == len(word.text)]
    anywhere = tuple((at, word) for at, word in at_end if not word.ends)
    table = [tuple(at_end) if byte in _MAY_FOLLOW else anywhere for byte in range(_NO_BYTE)]
    for at, word in inside:
        if at + len(needle) < len(word.text):
            table[word.text[at + len(needle)]] += ((at, word),)
    return [*table, tuple(at_end)]


def _everywhere(needle: bytes, text: bytes) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(needle, at)]


def _may_begin(text: bytes, begin: int) -> bool:
    """Whether a JSON string's content, but for space and control characters, may begin here."""
    return begin == 0 or text[begin - 1] in _EDGES or _BACKSLASH in text[max(begin - _LONGEST_ESCAPE, 0) : begin]


def _may_hide(needle: bytes, word: Word) -> bool:
    """Whether a hit on the needle may overlap the word's beginning: of a word that begins its string, by an escape's
    last letter alone."""
    sizes = (1,) if word.begins else range(1, len(needle))
    return any(word.text.lower().startswith(needle[size:].lower()) for size in sizes)
