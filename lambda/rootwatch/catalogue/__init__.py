"""What each root action means: the TOML files beside this one, a file a service, looked up by a record's action.

A security engineer adds a row to a file and needs no Python; the tests try every row on its own example.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from rootwatch.catalogue.act import Act, Central, Coverable, Meaning, unknown_act
from rootwatch.catalogue.pattern import Fields, compile_pattern
from rootwatch.catalogue.rows import HERE, CatalogueError, Row, Service, read_toml_files

__all__ = ["Act", "Catalogue", "CatalogueError", "Central", "Coverable", "from_json", "load", "to_json"]

_BUILT: Final = HERE / "catalogue.json"
# Lambda logs CreateFunction20150331 and UpdateFunctionCode20150331v2, CloudFront CreateDistribution2020_05_31.
_API_VERSION: Final = re.compile(r"20\d\d_?\d\d_?\d\d(v\d+)?$")


class Catalogue:
    """The rows, indexed by service and action."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._exact: dict[tuple[str, str], list[tuple[Fields | None, Act]]] = {}
        self._any_version: dict[tuple[str, str], list[tuple[Fields | None, Act]]] = {}
        for service in services:
            for source in (service.service, *service.also):
                for row in service.action:
                    self._add(source, row)

    def find(self, source: str | None, name: str | None, record: Mapping[str, object]) -> Act:
        """The act of a record: the first row of its service and action that fits, else one made from the action's verb.

        Rows of the very name come first, then those that differ only in the API version at its end ("20150331v2").
        Never raises, whatever JSON the record holds.
        """
        if isinstance(source, str) and isinstance(name, str):
            for when, act in self._rows(source, name):
                if when is None or when.fits(record):
                    return act
        return unknown_act(source, name, record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and self._exact == other._exact

    def __len__(self) -> int:
        return sum(len(rows) for rows in self._exact.values())

    def _rows(self, source: str, name: str) -> Iterator[tuple[Fields | None, Act]]:
        yield from self._exact.get((source, name), ())
        yield from self._any_version.get((source, _plain(name)), ())

    def _add(self, source: str, row: Row) -> None:
        when = compile_pattern(row.when) if row.when is not None else None
        meaning: dict[str, Any] = {field: getattr(row, field) for field in Meaning.__struct_fields__}
        entry = (when, Act(service=source, known=True, **meaning))
        self._exact.setdefault((source, row.name), []).append(entry)
        self._any_version.setdefault((source, _plain(row.name)), []).append(entry)


@lru_cache(maxsize=1)
def load() -> Catalogue:
    """The catalogue: from the JSON in the asset, if the builder put one there, else from the TOML files.

    Raises CatalogueError for a row that is wrong; to_json() raises it before anything is deployed.
    """
    if _BUILT.exists():
        return from_json(_BUILT.read_bytes())
    return Catalogue(read_toml_files())


def to_json() -> bytes:
    """The TOML files as one JSON document without the examples: the same bytes for the same files."""
    services = [
        msgspec.structs.replace(service, action=[msgspec.structs.replace(row, example={}) for row in service.action])
        for service in read_toml_files()
    ]
    return msgspec.json.encode(services)


def from_json(document: bytes) -> Catalogue:
    """The catalogue that to_json() wrote. Raises CatalogueError."""
    try:
        return Catalogue(msgspec.json.decode(document, type=list[Service]))
    except msgspec.DecodeError as error:
        raise CatalogueError(f"{_BUILT.name} is not what to_json() writes: {error}.") from error


def _plain(name: str) -> str:
    return _API_VERSION.sub("", name)
