"""AWS's prices, from ``docs/prices.toml``."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

FILE: Final = Path(__file__).resolve().parents[1] / "prices.toml"


class Price(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``dollars`` for ``per`` of what ``what`` names; ``source`` is AWS's page on it. ``read``, ``on``, ``where``:
    in whose words the figure was read, when, and on which page, if that has an address."""

    what: str
    per: int
    dollars: float
    source: str
    read: Literal["AWS", "quoted", "others"]
    on: date
    where: str = ""
    note: str = ""

    def of(self, quantity: float) -> float:
        """What so many cost, in dollars."""
        return quantity / self.per * self.dollars


@cache
def prices() -> Mapping[str, Price]:
    """Every price by its name. Raises ``msgspec.ValidationError`` for one that is not well-formed."""
    return msgspec.toml.decode(FILE.read_bytes(), type=dict[str, Price])
