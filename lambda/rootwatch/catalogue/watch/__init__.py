"""Watch events: what anybody may do that matters to root or to the watch, as data in the TOML files beside this one.

A security engineer adds a row and needs no Python; the tests try every row on its own example, and on the rules that
are deployed: what no rule forwards can't be told.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from rootwatch.catalogue.pattern import Fields, compile_pattern
from rootwatch.catalogue.rows import CatalogueError
from rootwatch.catalogue.watch.row import HERE, Row, read_toml_files

__all__ = ["Row", "WatchCatalogue", "from_json", "load", "to_json"]

_BUILT: Final = HERE / "watch.json"


class WatchCatalogue:
    """The rows, by service."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[str, list[tuple[Row, Fields | None]]] = {}
        for row in rows:
            when = compile_pattern(row.when) if row.when is not None else None
            kept = msgspec.structs.replace(row, example={})
            for service in row.services:
                self._rows.setdefault(service, []).append((kept, when))

    def find(self, source: str | None, name: str | None, record: Mapping[str, object]) -> Row | None:
        """The first row that fits a record; None for what is no watch event. Never raises, whatever the record holds.

        What can't be told from the record alone, such as who is believed, is not asked here.
        """
        return next(self._fitting(source, name, record), None)

    def _fitting(self, source: str | None, name: str | None, record: Mapping[str, object]) -> Iterator[Row]:
        for row, when in self._rows.get(source or "", ()):
            if row.names(name or "") and (when is None or when.fits(record)) and (not row.ours or row.part(record)):
                yield row

    def rows(self) -> list[Row]:
        """Every row once, in order."""
        return list({id(row): row for fitting in self._rows.values() for row, _ in fitting}.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WatchCatalogue) and self._rows == other._rows

    def __hash__(self) -> int:
        return hash(tuple(self._rows))


@lru_cache(maxsize=1)
def load() -> WatchCatalogue:
    """The rows: from the JSON in the asset, if the builder put one there, else from the TOML files.

    Raises CatalogueError for a row that is wrong; to_json() raises it before anything is deployed.
    """
    return from_json(_BUILT.read_bytes()) if _BUILT.exists() else WatchCatalogue(read_toml_files())


def to_json() -> bytes:
    """The TOML files as one JSON document without the examples: the same bytes for the same files."""
    return msgspec.json.encode([msgspec.structs.replace(row, example={}) for row in read_toml_files()])


def from_json(document: bytes) -> WatchCatalogue:
    """The rows that to_json() wrote. Raises CatalogueError."""
    try:
        return WatchCatalogue(msgspec.json.decode(document, type=list[Row]))
    except msgspec.DecodeError as error:
        raise CatalogueError(f"{_BUILT.name} is not what to_json() writes: {error}.") from error
