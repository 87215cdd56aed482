"""From the sources that a command names to log files: folders, files, ``-``, ``s3://bucket/prefix``."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from rootwatch.archive import Damage, is_digest, is_of_another_service
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.settings_file import BadInputError

STANDARD_INPUT: Final = "-"
_S3: Final = "s3://"
_DESCRIPTORS: Final = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
_NAMES: Final = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".gz")


class LogFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file to read: where it lies, and its size in bytes as it lies there (0 for standard input)."""

    name: str  # a path, "-", or s3://bucket/key
    size: int
    bucket: str | None = None
    key: str | None = None


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """One file, or a folder of them, that is not read, and why."""

    name: str
    reason: str


Listed = LogFile | SetAside | Damage


def only_here(name: str) -> bool:
    """Whether no other process can read it: standard input, or what a shell hands over for ``<(…)``."""
    return name == STANDARD_INPUT or name.startswith(_DESCRIPTORS)


def list_files(names: Sequence[str], selection: Selection, profile: str | None = None) -> Iterator[Listed]:
    """Every file that the sources hold, each once; what can't be listed below a folder is a Damage.

    Raises BadInputError for a source that is not there, before anything is listed; for one in S3 that can't be listed,
    when its turn comes.
    """
    if not names:
        raise BadInputError("Name a folder, a file, s3://bucket/prefix, or - for standard input.")
    for name in names:
        if name != STANDARD_INPUT and not name.startswith(_S3):
            _check(name)
    seen: set[str] = set()
    for name in names:
        for one in _list_source(name, selection, profile):
            identity = one.file if isinstance(one, Damage) else one.name
            if identity not in seen:
                seen.add(identity)
                yield one


def _check(name: str) -> None:
    try:
        Path(name).stat()
    except FileNotFoundError:
        raise BadInputError(f"{name} is not there.") from None
    except OSError as error:
        raise BadInputError(f"{name} can't be read: {error.strerror}.") from None


def _list_source(name: str, selection: Selection, profile: str | None) -> Iterator[Listed]:
    if name == STANDARD_INPUT:
        yield LogFile(name=name, size=0)
    elif name.startswith(_S3):
        # Only here: what reads local files loads no AWS client.
        from rootwatch_cli.history.s3 import list_bucket

        yield from list_bucket(name, selection, profile)
    elif Path(name).is_dir():
        yield from _list_folder(_told_by(name), selection)
    else:
        yield _sorted_out(name, Path(name).stat().st_size, selection, is_named=True)


def _told_by(folder: str) -> str:
    """The folder as it was named, or its whole path if only that tells the accounts of the files in it."""
    whole = str(Path(folder).resolve())
    return whole if "AWSLogs" in Path(whole).parts and "AWSLogs" not in Path(folder).parts else folder


def _list_folder(folder: str, selection: Selection) -> Iterator[Listed]:
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Damage(place, 0, f"can't be listed ({error.strerror})")
            continue
        for entry in found:
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file():
                    yield _sorted_out(entry.path, entry.stat().st_size, selection)
                else:
                    # A link to a folder may lead back to where it lies.
                    what = "a link to a folder" if entry.is_dir() else "neither a file nor a folder"
                    yield SetAside(name=entry.path, reason=what)
            except OSError as error:
                yield Damage(entry.path, 0, f"can't be read ({error.strerror})")


def _sorted_out(path: str, size: int, selection: Selection, *, is_named: bool = False) -> LogFile | SetAside:
    """A file to read, or why it is none. One that is named itself is read whatever its ending."""
    reason = why_not(path, selection)
    if reason is None and not is_named and not path.endswith(_NAMES):
        reason = "not a log file by its name"
    return SetAside(name=path, reason=reason) if reason else LogFile(name=path, size=size)


def why_not(key: str, selection: Selection) -> str | None:
    """Why the file at this key or path is not read; None if it is."""
    if is_digest(key):
        return "a digest file"
    if is_of_another_service(key):
        return "a log of another service"
    if not selection.takes_key(key):
        return "of another account, Region or day"
    return None
