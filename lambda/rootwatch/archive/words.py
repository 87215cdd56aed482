"""What must stand in the bytes of whatever concerns us, from the core and the catalogue: a new row brings its word.

A text in which none of these words stands holds nothing for us. That one does says little: the core decides.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import combinations, takewhile
from typing import Final, Literal

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
_SHORTEST_TAIL: Final = 7  # that two words share
_SHORTEST_HEAD: Final = 12  # longer, since a verb such as Disable stands everywhere
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
        self._may_hide: Final = [_may_hide(needle, wanted) for needle in needles]
        self._longest: Final = max(len(word.text) for word in wanted)

    def places(self, text: bytes) -> list[int]:
        """Where a word stands, or a part of one: in order, one place at least for each."""
        found = self._search(text)
        if not found:
            return []
        size, by_next_byte, may_hide = len(text), self._by_next_byte, self._may_hide
        # What follows rules out most, such as rootDeviceName: here, since a call costs ten times as much.
        return [
            start
            for which, start, end in found
            if ((some := by_next_byte[which][text[end] if end < size else _NO_BYTE]) and _stands(text, start, some))
            or (may_hide[which] != "nothing" and self._hides(text, which, start, end))
        ]

    def _hides(self, text: bytes, which: int, start: int, end: int) -> bool:
        """Whether a word stands where the search, which goes on behind its hit, no longer looked."""
        if self._may_hide[which] == "behind an escape" and not _is_in_escape(text, start):
            return False
        return bool(self.places(text[start + 1 : end + self._longest]))


def _stands(text: bytes, start: int, wanted: Iterable[tuple[int, Word]]) -> bool:
    """Whether one of the words stands there, each so far before ``start`` as is said."""
    for offset, word in wanted:
        begin = start - offset
        if (
            begin >= 0
            and (word.any_case or text.startswith(word.text, begin))
            and (not word.begins or _may_begin(text, begin))
        ):
            return True
    return False


def _needles(texts: Sequence[bytes], found_anyway: Sequence[bytes]) -> list[bytes]:
    """A few byte strings of which each text holds one: fewer are faster. Texts that hold ``found_anyway`` need none."""
    needles = [ESCAPE, *(text for text in texts if not any(part in text.lower() for part in found_anyway))]
    pairs = list(combinations(needles, 2))
    tails = [_common_head(one[::-1], other[::-1])[::-1] for one, other in pairs]
    # One that begins inside of a name's word, such as eAccount: Account and Organization stand everywhere.
    needles += [tail for tail in tails if len(tail) >= _SHORTEST_TAIL and tail[:1].islower()]
    needles += [head for one, other in pairs if len(head := _common_head(one, other)) >= _SHORTEST_HEAD]
    return [needle for needle in dict.fromkeys(needles) if not any(n in needle for n in needles if n != needle)]


def _common_head(one: bytes, other: bytes) -> bytes:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return one[: len(list(same))]


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
    return begin == 0 or text[begin - 1] in _EDGES or _is_in_escape(text, begin - 1)


def _may_hide(needle: bytes, wanted: Iterable[Word]) -> Literal["anywhere", "behind an escape", "nothing"]:
    """Where a hit on the needle may overlap a word's beginning: of one that begins its string, by an escape's last
    letter alone."""
    if any(_overlap(needle, word, range(1, len(needle))) for word in wanted if not word.begins):
        return "anywhere"
    return "behind an escape" if any(_overlap(needle, word, (1,)) for word in wanted) else "nothing"


def _overlap(needle: bytes, word: Word, sizes: Iterable[int]) -> bool:
    """Whether the word may begin so many bytes behind the needle's beginning."""
    return any(word.text.lower().startswith(needle[size:].lower()) for size in sizes)


def _is_in_escape(text: bytes, last: int) -> bool:
    """Whether the byte at ``last`` may be an escape's last one."""
    return _BACKSLASH in text[max(last + 1 - _LONGEST_ESCAPE, 0) : last]
