"""What is measured against what: the commands, and how much of the archive each reads."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from bench.answers import Asked, check_exact, check_files, check_root, check_scan, check_unpacked, with_type_root
from bench.archive.layout import SETTINGS
from bench.archive.truth import Archive
from bench.log_files import log_files

# What a search for words has to find, so as to miss no spelling of Root in JSON.
_ROOT_WORDS: Final = r'"Root"|\\u0052|\\u006[fF]|\\u0074'
_JQ: Final = '.Records[] | select((.userIdentity | type) == "object" and .userIdentity.type == "Root") | .eventID'
_SCAN: Final = (str(Path(sys.executable).parent / "rootwatch"), "scan", "--format", "jsonl", "--jobs", "2")
_RIPGREP: Final = (
    "rg", "--search-zip", "--threads", "2", "--count", "--with-filename", "-uu", "--glob", "!**/CloudTrail-Digest/**",
)  # fmt: skip
# The slow ones read at most every twentieth file, and as much as leaves their start without weight.
_MOST_EVERY: Final = 20
_SAMPLE_BYTES: Final = 140_000_000
_OPTIONAL: Final = ("ahocorasick_rs", "isal", "stringzilla")


class Part(msgspec.Struct, frozen=True):
    """A part of the archive, as `log_files` takes it: by default all of it, once."""

    first: int = 0
    every: int = 1
    times: int = 1

    @property
    def arguments(self) -> tuple[str, str, str]:
        """For a script's command line."""
        return str(self.first), str(self.every), str(self.times)


ALL: Final = Part()


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One contender: ``stages`` are a pipe's commands, ``feed`` is the first one's standard input."""

    name: str
    title: str
    cores: int
    stages: tuple[tuple[str, ...], ...]
    check: Callable[[bytes, Asked], None]
    part: Part = ALL
    feed: Path | None = None
    env: Mapping[str, str] = {}
    codes: tuple[int, ...] = (0,)


def jobs(archive: Archive) -> list[Job]:
    """All contenders, in the order in which they run in each round."""
    without, sample = _standard_library(archive), _sample(archive)
    return [
        unpacking(archive, ALL),
        _engine(archive, "engine-1", "rootwatch, one core", 1),
        _engine(archive, "engine-2", "rootwatch, two cores", 2),
        _engine(archive, "stdlib-1", "rootwatch on the standard library, one core", 1, env=without),
        _engine(archive, "stdlib-2", "rootwatch on the standard library, two cores", 2, env=without),
        Job(
            name="scan",
            title="`rootwatch scan`, two cores",
            cores=2,
            stages=((*_SCAN, "--settings", _settings(archive), f"{archive.folder}/AWSLogs"),),
            check=check_scan,
            codes=(3,),  # the archive has a record that can't be read, and scan says so
        ),
        Job(
            name="ripgrep",
            title="rg -z, two threads",
            cores=2,
            stages=((*_RIPGREP, _ROOT_WORDS, f"{archive.folder}/AWSLogs"),),
            check=check_files,
        ),
        Job(
            name="duckdb",
            title="DuckDB, two threads",
            cores=2,
            stages=(_script("in_duckdb", archive, ALL),),
            check=check_root,
        ),
        Job(
            name="jq",
            title="zcat | jq",
            cores=2,
            stages=(("xargs", "-0", "zcat"), ("jq", "-r", _JQ)),
            feed=_list_of_files(archive, sample),
            check=check_root,
            part=sample,
        ),
        Job(
            name="naive",
            title="gzip + json in Python, one core",
            cores=1,
            stages=(_script("naive", archive, sample),),
            check=check_root,
            part=sample,
        ),
    ]


def sizes(archive: Archive) -> list[Job]:
    """The engine on a hundredth of the archive, a tenth, and ten times all of it."""
    parts = (
        ("hundredth", "1/100 of it", Part(every=100)),
        ("tenth", "1/10 of it", Part(every=10)),
        ("tenfold", "ten times over", Part(times=10)),
    )
    return [
        _engine(archive, f"engine-{cores}-{name}", f"rootwatch, {words}, {share}", cores, part=part)
        for cores, words in ((1, "one core"), (2, "two cores"))
        for name, share, part in parts
    ]


def unpacking(archive: Archive, part: Part) -> Job:
    """Unpacking alone, which also tells how many bytes a part has."""
    return Job(
        name="unpack-alone",
        title="unpacking alone (isal), one core",
        cores=1,
        stages=(_script("unpack_alone", archive, part),),
        check=check_unpacked,
        part=part,
    )


def asked(job: Job, archive: Archive, raw_bytes: int) -> Asked:
    """What a job is asked to find; ``raw_bytes`` is what unpacking alone finds in its files."""
    part = job.part
    listed = log_files(str(archive.folder), part.first, part.every)
    read = frozenset(path.removeprefix(f"{archive.folder}/") for path in listed)
    return Asked(raw_bytes, [one for one in archive.truth if one.file in read] * part.times, archive.folder)


def _engine(
    archive: Archive, name: str, title: str, cores: int, *, part: Part = ALL, env: Mapping[str, str] | None = None
) -> Job:
    stage = (*_script("engine", archive, part), str(cores))
    return Job(name=name, title=title, cores=cores, stages=(stage,), check=check_exact, part=part, env=env or {})


def _script(name: str, archive: Archive, part: Part) -> tuple[str, ...]:
    return (sys.executable, "-m", f"bench.contenders.{name}", str(archive.folder), *part.arguments)


def _sample(archive: Archive) -> Part:
    """Of all samples of that size the one with the most of root's records: one without any could hide a failure."""
    every = min(_MOST_EVERY, max(1, archive.manifest.raw_bytes // _SAMPLE_BYTES))
    root = {needle.file for needle in with_type_root(archive.truth)}
    hits = [path.removeprefix(f"{archive.folder}/") in root for path in log_files(str(archive.folder))]
    return Part(first=max(range(every), key=lambda first: sum(hits[first::every])), every=every)


def _list_of_files(archive: Archive, part: Part) -> Path:
    """For xargs: the paths, a NUL after each."""
    file = archive.folder / "sample.txt"
    paths = log_files(str(archive.folder), part.first, part.every)
    file.write_text("".join(f"{path}\0" for path in paths), "utf-8")
    return file


def _settings(archive: Archive) -> str:
    """The path of a settings file for the archive's organisation."""
    file = archive.folder / "settings.json"
    file.write_bytes(msgspec.json.encode(SETTINGS))
    return str(file)


def _standard_library(archive: Archive) -> dict[str, str]:
    """An environment in which the optional libraries can't be imported, in child processes neither."""
    folder = archive.folder / "without"
    folder.mkdir(exist_ok=True)
    for name in _OPTIONAL:
        (folder / f"{name}.py").write_text(f'raise ImportError("{name} is kept out of this measurement")\n', "utf-8")
    return {"PYTHONPATH": str(folder)}
