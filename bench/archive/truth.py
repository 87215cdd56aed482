"""What the generator knows of an archive that it wrote, as lines of JSON beside it."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import msgspec

_TRUTH: Final = "truth.jsonl"
_MANIFEST: Final = "manifest.json"


class Needle(msgspec.Struct, frozen=True, order=True, rename={"event_id": "eventID"}):
    """A record that concerns us, once for each file that it stands in. ``file`` is relative to the archive."""

    file: str
    event_id: str
    kind: str


class Manifest(msgspec.Struct, frozen=True):
    """What an archive holds. ``fingerprint`` is of the generator that wrote it; sizes are in bytes."""

    size: str
    seed: int
    fingerprint: str
    records: int
    files: int
    digests: int
    raw_bytes: int
    packed_bytes: int
    largest_raw_bytes: int


class Archive(msgspec.Struct, frozen=True):
    """A finished archive on the disk."""

    folder: Path
    manifest: Manifest

    @property
    def truth(self) -> list[Needle]:
        """All that concerns us in it."""
        lines = (self.folder / _TRUTH).read_bytes().splitlines()
        return [msgspec.json.decode(line, type=Needle) for line in lines]


def write(folder: Path, manifest: Manifest, needles: list[Needle]) -> None:
    """Writes both files; the manifest last, since it says that all is there."""
    lines = b"\n".join(msgspec.json.encode(needle) for needle in sorted(needles))
    (folder / _TRUTH).write_bytes(lines + b"\n")
    (folder / _MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


def read(folder: Path) -> Archive | None:
    """The archive in that folder; None if none was finished there."""
    try:
        content = (folder / _MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    return Archive(folder, msgspec.json.decode(content, type=Manifest))


def folder_name(size: Fraction, seed: int) -> str:
    """The name under which an archive is kept for the next time."""
    return f"archive-{str(size).replace('/', '_')}-{seed}"
