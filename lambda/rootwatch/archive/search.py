"""Finding many short byte strings in a text at once, by the fastest means that this machine has.

``ahocorasick_rs`` finds all of them in one pass (its packed searcher, "Teddy"); without it the C library's ``strstr``
looks for one after another, and without that Python does. All give the same places.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

Hit = tuple[int, int, int]  # which needle, where it begins, where it ends
Search = Callable[[bytes], Sequence[Hit]]  # the hits in order; of those that overlap, at least the first

_AT_ONCE: Final = 32  # with more needles the packed searcher is half as fast, above 64 it gives up
_CASE: Final = 32  # the bit in which ASCII's small and capital letters differ


def fastest(needles: Sequence[bytes], any_case: Sequence[bytes]) -> Search:
    """A search for ``needles`` and, spelled in any way, for the words ``any_case``; hits number them in that order."""
    return next(search for make in (packed, libc, plain) if (search := make(needles, any_case)) is not None)


def packed(needles: Sequence[bytes], any_case: Sequence[bytes]) -> Search | None:
    """The search of ``ahocorasick_rs``; None where that is not installed."""
    try:
        from ahocorasick_rs import BytesAhoCorasick, MatchKind
    except ImportError:
        return None
    spelled = [(number, needle) for number, needle in enumerate(needles)]
    spelled += [(number, word) for number, word in enumerate(any_case, len(needles)) for word in _spellings(word)]
    groups = [spelled[start : start + _AT_ONCE] for start in range(0, len(spelled), _AT_ONCE)]
    # The packed searcher is used for leftmost matches alone.
    machines = [
        (BytesAhoCorasick([needle for _, needle in group], matchkind=MatchKind.LeftmostFirst), [n for n, _ in group])
        for group in groups
    ]

    def search(text: bytes) -> Sequence[Hit]:
        hits: list[Hit] = []
        for machine, numbers in machines:
            found = machine.find_matches_as_indexes(text)
            if found:
                hits += [(numbers[which], start, end) for which, start, end in found]
        return sorted(hits, key=_start) if len(machines) > 1 else hits

    return search


def libc(needles: Sequence[bytes], any_case: Sequence[bytes]) -> Search | None:
    """The C library's ``strstr``, which is vectorised where its ``memmem`` is not; None where there is none."""
    try:
        import ctypes  # here, since it takes longer to load than what is used in its place

        strstr = ctypes.CDLL(None).strstr
    except (ImportError, OSError, AttributeError, TypeError):
        return None
    strstr.restype, strstr.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p)
    in_python = plain(needles, any_case)
    # Eight spellings of three letters are found sooner than a copy is made in small letters.
    tails = [
        (number, tail, {word[0] | _CASE, word[0] & ~_CASE})
        for number, word in enumerate(any_case, len(needles))
        for tail in _spellings(word[1:])
    ]

    def search(text: bytes) -> Sequence[Hit]:
        if b"\0" in text:  # where strstr would end; JSON never holds one
            return in_python(text)
        begin = ctypes.cast(ctypes.c_char_p(text), ctypes.c_void_p).value or 0
        hits = []
        for number, needle in enumerate(needles):
            found = strstr(begin, needle)
            while found:
                hits.append((number, found - begin, found - begin + len(needle)))
                found = strstr(found + 1, needle)
        for number, tail, initials in tails:
            found = strstr(begin, tail)
            while found:
                at = found - begin
                if at and text[at - 1] in initials:
                    hits.append((number, at - 1, at + len(tail)))
                found = strstr(found + 1, tail)
        return sorted(hits, key=_start)

    return search


def plain(needles: Sequence[bytes], any_case: Sequence[bytes]) -> Search:
    """Python's own search."""

    def search(text: bytes) -> Sequence[Hit]:
        small = text.lower()
        looked_in = [*((needle, text) for needle in needles), *((word, small) for word in any_case)]
        hits = [hit for number, (needle, where) in enumerate(looked_in) for hit in _everywhere(number, needle, where)]
        return sorted(hits, key=_start)

    return search


def _everywhere(number: int, needle: bytes, text: bytes) -> Iterator[Hit]:
    at = text.find(needle)
    while at >= 0:
        yield number, at, at + len(needle)
        at = text.find(needle, at + 1)


def _spellings(word: bytes) -> list[bytes]:
    """``word`` with each of its letters small and capital."""
    spelled = [b""]
    for letter in word:
        spelled = [begun + bytes([either]) for begun in spelled for either in (letter | _CASE, letter & ~_CASE)]
    return spelled


def _start(hit: Hit) -> int:
    return hit[1]
