"""Makes an archive of CloudTrail log files to measure on, and says what in it concerns us: `python -m bench.generate`.

It is kept for the next time. The same size and seed make the same records, on any machine.
"""

import argparse
import hashlib
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import reduce
from multiprocessing import get_context
from operator import add
from pathlib import Path
from typing import Final

from bench.archive.truth import Archive, Manifest, folder_name, read, write
from bench.archive.writing import write_share
from bench.machine import cores

HERE: Final = Path(__file__).parent
KEPT: Final = HERE.parent / "build" / "bench"
SEED: Final = 7


def generate(folder: Path, *, size: Fraction, seed: int = SEED, processes: int = 1) -> Archive:
    """The archive in ``folder``: as it is if this generator made it there, else made anew.

    ``size`` 1 is about 2.8 GB unpacked, 2 million records in 6,868 files; 1/1000 is the least that makes sense.
    Raises FileExistsError if something else is there.
    """
    fingerprint = _fingerprint()
    found = read(folder)
    if found and (found.manifest.fingerprint, found.manifest.size, found.manifest.seed) == (
        fingerprint,
        str(size),
        seed,
    ):
        return found
    if folder.exists() and not found:
        raise FileExistsError(f"{folder} exists and is no archive of this generator: name another folder.")
    part = folder.with_name(f"{folder.name}.part")
    for old in (folder, part):
        shutil.rmtree(old, ignore_errors=True)
    part.mkdir(parents=True)
    everything = [(part, size, seed, share, processes) for share in range(processes)]
    if processes == 1:
        written = write_share(*everything[0])
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            shares = pool.map(write_share, *zip(*everything, strict=True))
            written = reduce(add, shares)
    manifest = Manifest(
        size=str(size),
        seed=seed,
        fingerprint=fingerprint,
        records=written.records,
        files=written.files,
        digests=written.digests,
        raw_bytes=written.raw_bytes,
        packed_bytes=written.packed_bytes,
        largest_raw_bytes=written.largest_raw_bytes,
    )
    write(part, manifest, written.needles)
    part.rename(folder)
    return Archive(folder, manifest)


def kept(size: Fraction, seed: int = SEED) -> Archive:
    """The archive of that size that is kept for the measurements; if it is not there, every core helps to make it."""
    return generate(KEPT / folder_name(size, seed), size=size, seed=seed, processes=len(cores()))


def main(arguments: list[str] | None = None) -> int:
    """Makes the archive and says where it is."""
    parser = argparse.ArgumentParser(prog="python -m bench.generate", description="Makes an archive to measure on.")
    parser.add_argument("--size", type=Fraction, default=Fraction(1), help="1 is about 2.8 GB; 1/100 … 10")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args(arguments)
    archive = kept(asked.size, asked.seed)
    told = archive.manifest
    print(
        f"{archive.folder}: {told.records:,} records in {told.files:,} files, "
        f"{told.raw_bytes / 1e9:.2f} GB unpacked, {told.packed_bytes / 1e6:.0f} MB packed"
    )
    return 0


def _fingerprint() -> str:
    """Of everything that decides what the archive holds."""
    sources = [*sorted((HERE / "archive").iterdir()), HERE / "generate.py"]
    found = hashlib.sha256()
    for source in sources:
        if source.suffix in (".py", ".toml"):
            found.update(source.read_bytes())
    return found.hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
