"""What a right answer is: a contender that finds less than it should has done less, and its time means nothing."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from bench.archive.truth import Needle

_WITH_TYPE_ROOT: Final = frozenset(
    {"sign-in", "failed-sign-in", "access-key-call", "recovery", "console-action", "api-call"}
)


class WrongAnswerError(Exception):
    """A contender did not find what it should."""


class Asked(msgspec.Struct, frozen=True):
    """What lies in the files that are read: bytes unpacked, and the needles, each as often as it is read."""

    raw_bytes: int
    needles: Sequence[Needle]
    folder: Path


class _Unpacked(msgspec.Struct):
    raw_bytes: int


class _EventIds(msgspec.Struct):
    event_ids: list[str]


class _Told(msgspec.Struct, rename={"event_id": "eventID"}):
    event_id: str


class _Found(msgspec.Struct):
    found: list[tuple[str, str]]
    damaged: list[str]


def unpacked(output: bytes) -> int:
    """The bytes that unpacking alone counted."""
    return msgspec.json.decode(output, type=_Unpacked).raw_bytes


def with_type_root(needles: Iterable[Needle]) -> list[Needle]:
    """The needles whose ``userIdentity.type`` is Root: what anything can look for."""
    return [needle for needle in needles if needle.kind in _WITH_TYPE_ROOT]


def check_unpacked(output: bytes, asked: Asked) -> None:
    """Unpacking alone: all bytes."""
    _expect("unpacked bytes", unpacked(output), asked.raw_bytes)


def check_exact(output: bytes, asked: Asked) -> None:
    """The engine: all that concerns us, in the file where it stands, and nothing else."""
    answer = msgspec.json.decode(output, type=_Found)
    odd = {needle.file for needle in asked.needles if needle.kind == "unreadable"}
    _expect("damaged files", [file for file in answer.damaged if file.removeprefix(f"{asked.folder}/") not in odd], [])
    found = sorted((file.removeprefix(f"{asked.folder}/"), event_id) for file, event_id in answer.found)
    _expect("what concerns us", found, sorted((needle.file, needle.event_id) for needle in asked.needles))


def check_scan(output: bytes, asked: Asked) -> None:
    """The command tells each record once, however many files it stands in, and no canary."""
    found = [msgspec.json.decode(line, type=_Told).event_id for line in output.splitlines()]
    told = {needle.event_id for needle in asked.needles if needle.kind != "canary"}
    _expect("what concerns us", sorted(found), sorted(told))


def check_root(output: bytes, asked: Asked) -> None:
    """The others look for ``userIdentity.type`` alone, and can't tell what only looks like root use."""
    text = output.decode().strip()
    found = msgspec.json.decode(text, type=_EventIds).event_ids if text.startswith("{") else text.split()
    _expect_all("root's records", {needle.event_id for needle in with_type_root(asked.needles)}, found)


def check_files(output: bytes, asked: Asked) -> None:
    """A search for words names files, as "path:count"."""
    files = [line.rpartition(":")[0].removeprefix(f"{asked.folder}/") for line in output.decode().splitlines()]
    _expect_all("the files with root's records", {needle.file for needle in with_type_root(asked.needles)}, files)


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise WrongAnswerError(f"{what}: found {_short(found)}, expected {_short(expected)}")


def _expect_all(what: str, expected: Collection[str], found: Iterable[str]) -> None:
    missing = sorted(set(expected) - set(found))
    if missing or not expected:
        raise WrongAnswerError(f"{what}: missed {len(missing)} of {len(expected)}: {_short(missing)}")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
