"""The archive that measurements read: its truth is true, and the same seed makes the same archive."""

import gzip
import random
import re
import shutil
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from bench.archive.decoys import DECOYS
from bench.archive.fillers import Fillers
from bench.archive.layout import MANAGEMENT, SETTINGS, Place
from bench.archive.planted import ROOT_USE, WATCH
from bench.archive.truth import folder_name, read
from bench.generate import generate
from bench.log_files import log_files
from rootwatch.archive import envelope_of, is_digest, is_log_file
from rootwatch.core.concern import concerns
from rootwatch.core.reading import read_text
from rootwatch.core.record import Envelope, Record
from rootwatch.core.root_use import find
from rootwatch.core.settings_json import parse

SMALL = Fraction(1, 400)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("bench") / "archive", size=SMALL)


def items(archive):
    """Everything in its log files as the core reads it: the file, the item."""
    for path in archive.folder.rglob("*.json.gz"):
        key = path.relative_to(archive.folder).as_posix()
        if is_log_file(key):
            for item in read_text(gzip.decompress(path.read_bytes()).decode(), envelope_of(key)):
                yield key, item


def test_the_core_finds_what_the_truth_says_and_nothing_else(archive):
    settings = parse(SETTINGS)
    found = sorted((file, item.event_id) for file, item in items(archive) if concerns(item, settings, NOW))
    assert found == sorted((needle.file, needle.event_id) for needle in archive.truth)


def test_root_use_is_of_the_kind_that_the_truth_says(archive):
    kinds = {(file, item.event_id): find(item).kind for file, item in items(archive)}
    root_use = {planted.kind for planted in ROOT_USE}
    told = [needle for needle in archive.truth if needle.kind in root_use]
    assert [kinds[needle.file, needle.event_id] for needle in told] == [needle.kind for needle in told]


def test_every_kind_is_there_in_however_small_an_archive(archive):
    assert {needle.kind for needle in archive.truth} == {planted.kind for planted in (*ROOT_USE, *WATCH)}


@pytest.mark.parametrize("planted", DECOYS, ids=lambda planted: planted.make.__name__)
def test_what_only_looks_like_ours_is_not(planted):
    place = Place(MANAGEMENT, "us-east-1", NOW)
    written = planted.make(place, Fillers(place, random.Random(1)))
    (item,) = read_text(written, Envelope(account=MANAGEMENT, region="us-east-1", source=None))
    assert re.search(r"[Rr]oot|\\u0052|break-glass|StopLogging", written)
    assert isinstance(item, Record)
    assert not concerns(item, parse(SETTINGS), NOW)


def test_the_manifest_counts_what_is_there(archive):
    told, raw = archive.manifest, [len(gzip.decompress(path.read_bytes())) for path in _paths(archive)]
    assert (told.files, told.raw_bytes, told.largest_raw_bytes) == (len(raw), sum(raw), max(raw))
    assert told.records == sum(1 for _ in items(archive))
    assert told.digests == sum(is_digest(path.as_posix()) for path in archive.folder.rglob("*.json.gz"))
    assert told.digests > 0


def _paths(archive):
    return [path for path in archive.folder.rglob("*.json.gz") if is_log_file(path.as_posix())]


def test_records_are_as_long_as_cloudtrail_s(archive):
    assert 1200 <= archive.manifest.raw_bytes / archive.manifest.records <= 1600


def test_no_two_records_share_an_event_id_but_copies(archive):
    counts = Counter(item.event_id for _, item in items(archive))
    copies = [event_id for event_id, count in counts.items() if count > 1]
    assert len(copies) < 10
    assert {counts[event_id] for event_id in copies} <= {2}


def test_digest_files_are_not_listed(archive):
    listed = log_files(str(archive.folder))
    assert sorted(listed) == sorted(str(path) for path in _paths(archive))


def test_the_same_seed_makes_the_same_archive_by_however_many_processes(archive, tmp_path):
    again = generate(tmp_path / "again", size=SMALL, processes=2)
    assert _contents(again) == _contents(archive)
    assert again.truth == archive.truth
    assert again.manifest == archive.manifest


def test_another_seed_makes_another_archive(archive, tmp_path):
    other = generate(tmp_path / "other", size=SMALL, seed=8)
    assert _contents(other).keys().isdisjoint(key for key in _contents(archive) if is_log_file(key))


def _contents(archive):
    return {
        path.relative_to(archive.folder).as_posix(): gzip.decompress(path.read_bytes())
        for path in archive.folder.rglob("*.json.gz")
    }


def test_an_archive_that_is_there_is_used_again(archive):
    before = {path: path.stat().st_mtime_ns for path in _paths(archive)}
    assert generate(archive.folder, size=SMALL) == archive
    assert {path: path.stat().st_mtime_ns for path in _paths(archive)} == before


def test_an_archive_of_another_seed_is_made_anew(archive, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(archive.folder, copy)
    assert generate(copy, size=SMALL, seed=9).manifest.seed == 9
    assert read(copy).manifest.seed == 9


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="name another folder"):
        generate(tmp_path, size=SMALL)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_the_name_of_an_archive_tells_its_size_and_seed():
    assert folder_name(Fraction(1, 100), 7) == "archive-1_100-7"
    assert folder_name(Fraction(10), 3) == "archive-10-3"
