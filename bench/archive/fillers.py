"""What stands in the <angle brackets> of a template: identifiers, names, numbers, anew for each record.

Identifiers are as random as AWS's, since they decide how far a log file can be compressed; names come from a small
stock, since an organisation has so many of them and no more.
"""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bench.archive.layout import Place

_PLACEHOLDER: Final = re.compile(r"<(\w+)>")
_SYLLABLES: Final = ("pay", "led", "ord", "cat", "mail", "auth", "bill", "stock", "feed", "log", "rank", "dash")
_TAILS: Final = ("er", "-api", "-worker", "-sync", "-store", "-edge", "", "-v2")
_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")  # for documentation: RFC 5737

WORDS: Final = tuple(f"{head}{tail}" for head in _SYLLABLES for tail in _TAILS)
ROLES: Final = tuple(f"{head}-{use}-role" for head in _SYLLABLES for use in ("task", "execution", "deploy", "read"))


class Fillers:
    """The fillers of one log file. All of them come from ``rng`` and its place."""

    def __init__(self, place: Place, rng: random.Random) -> None:
        self._rng = rng
        self._place = place
        self._hex = ""
        later = place.time + timedelta(hours=1)
        by_name: dict[str, Callable[[], str]] = {
            "account": lambda: place.account,
            "byte": lambda: str(int(self.hex(2), 16)),
            "date": lambda: f"{place.time:%Y/%m/%d}",
            "day": lambda: f"{place.time:%b %d, %Y}",
            "epoch": lambda: str(int(place.time.timestamp())),
            "ip": self.address,
            "key": self.key,
            "later": lambda: f"{later:%b %d, %Y, %I:%M:%S %p}",
            "number": lambda: str(int(self.hex(4), 16) % 1000),
            "region": lambda: place.region,
            "role": lambda: ROLES[int(self.hex(4), 16) % len(ROLES)],
            "token": lambda: self.base64(160),
            "upper": lambda: self.upper(12),
            "uuid": self.uuid,
            "word": lambda: WORDS[int(self.hex(4), 16) % len(WORDS)],
        }
        for length in (2, 8, 16, 17, 32, 40, 64):
            by_name[f"hex{length}"] = lambda length=length: self.hex(length)  # type: ignore[misc] # a default binds it
        for length in (43, 76, 120):
            by_name[f"token{length}"] = lambda length=length: self.base64(length)  # type: ignore[misc] # the same
        self.by_name = by_name

    def hex(self, length: int) -> str:
        """Random hexadecimal digits: cut from a long run of them, since each call of the generator costs."""
        if len(self._hex) < length:
            self._hex = self._rng.randbytes(4096).hex()
        taken, self._hex = self._hex[:length], self._hex[length:]
        return taken

    def uuid(self) -> str:
        """As an eventID or requestID."""
        digits = self.hex(32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def upper(self, length: int) -> str:
        """As in the ids of IAM."""
        return "".join(self._rng.choices(_UPPER, k=length))

    def base64(self, length: int) -> str:
        """As in tokens."""
        return "".join(self._rng.choices(_BASE64, k=length))

    def key(self) -> str:
        """A temporary access key's id."""
        return f"ASIAEXAMPLE{self.upper(9)}"

    def address(self) -> str:
        """One of the addresses kept for documentation."""
        return f"{self._rng.choice(_NETWORKS)}.{self._rng.randrange(1, 255)}"


class Template:
    """A text with placeholders, taken apart once."""

    def __init__(self, text: str) -> None:
        pieces = _PLACEHOLDER.split(text)
        self._format = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self._names = tuple(pieces[1::2])

    def fill(self, by_name: dict[str, Callable[[], str]]) -> str:
        """The text with each placeholder filled in. Raises KeyError for one that is not known."""
        return self._format % tuple([by_name[name]() for name in self._names])
