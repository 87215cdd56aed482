"""Writes the files of a plan, packed as CloudTrail packs them."""

import gzip
import json
import random
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

import msgspec

from bench.archive.fillers import Fillers
from bench.archive.layout import Place
from bench.archive.ordinary import ordinary
from bench.archive.plan import LogFile, plan
from bench.archive.truth import Needle

_LEVEL: Final = 6  # gzip's own, and what CloudTrail's files look like


class Written(msgspec.Struct):
    """What one process wrote: bytes unpacked and packed, and the needles."""

    files: int = 0
    records: int = 0
    digests: int = 0
    raw_bytes: int = 0
    packed_bytes: int = 0
    largest_raw_bytes: int = 0
    needles: list[Needle] = []

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.files + other.files,
            self.records + other.records,
            self.digests + other.digests,
            self.raw_bytes + other.raw_bytes,
            self.packed_bytes + other.packed_bytes,
            max(self.largest_raw_bytes, other.largest_raw_bytes),
            [*self.needles, *other.needles],
        )


def write_share(folder: Path, size: Fraction, seed: int, share: int, of: int) -> Written:
    """Writes one process's share of the archive; the plan is worked out anew in each."""
    written, files = Written(), plan(size, seed)
    for file in files[share::of]:
        written += _write_log_file(folder, file, seed)
    for place, keys in sorted(_digests(files).items(), key=lambda pair: pair[0])[share::of]:
        _write(folder / place, _digest(keys))
        written.digests += 1
    return written


def _write_log_file(folder: Path, file: LogFile, seed: int) -> Written:
    rng = random.Random(f"file {seed} {file.number}")
    records = list(ordinary(file.place, file.records, rng))
    needles = []
    for needle in file.needles:
        fill = Fillers(needle.place, random.Random(f"needle {seed} {needle.number}"))
        record = needle.planted.make(needle.place, fill)
        records.insert(rng.randrange(len(records) + 1), record)
        if needle.planted.kind:
            needles.append(Needle(file.key, json.loads(record)["eventID"], needle.planted.kind))
    content = f'{{"Records":[{",".join(records)}]}}'.encode()
    return Written(1, len(records), 0, len(content), _write(folder / file.key, content), len(content), needles)


def _write(path: Path, content: bytes) -> int:
    packed = gzip.compress(content, _LEVEL, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed)
    return len(packed)


def _digests(files: Iterable[LogFile]) -> dict[str, list[str]]:
    """The key of each digest file and those of the log files that it vouches for: here one a day, not one an hour."""
    found: dict[str, list[str]] = {}
    for file in files:
        midnight = file.place.time.replace(hour=0, minute=0)
        key = Place(file.place.account, file.place.region, midnight).digest_key()
        found.setdefault(key, []).append(file.key)
    return found


def _digest(keys: Iterable[str]) -> bytes:
    """As https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    has it; nobody signs it."""
    files = [{"s3Bucket": "example-trail", "s3Object": key, "hashAlgorithm": "SHA-256"} for key in keys]
    return json.dumps({"digestS3Bucket": "example-trail", "digestEndTime": None, "logFiles": files}).encode()
