"""A contender that does less is not faster: its answer is refused."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from bench.answers import Asked, WrongAnswerError, check_exact, check_files, check_root, check_scan, check_unpacked
from bench.archive.truth import Needle
from bench.generate import generate
from bench.jobs import ALL, Part, asked, jobs, sizes
from bench.machine import cores
from bench.measuring import measure
from bench.whole_process import Failed, run

FOLDER = Path("archive")
NEEDLES = [Needle("a.json.gz", "one", "sign-in"), Needle("b.json.gz", "two", "assume-root")]
ASKED = Asked(raw_bytes=1_000, needles=NEEDLES, folder=FOLDER)


def engine(*found, damaged=()):
    return json.dumps(
        {"found": [[f"archive/{file}", event_id] for file, event_id in found], "damaged": damaged}
    ).encode()


def test_the_engine_s_answer_is_right_in_any_order():
    check_exact(engine(("b.json.gz", "two"), ("a.json.gz", "one")), ASKED)


@pytest.mark.parametrize(
    "output",
    [
        engine(("a.json.gz", "one")),
        engine(("a.json.gz", "one"), ("b.json.gz", "two"), ("b.json.gz", "three")),
        engine(("a.json.gz", "one"), ("a.json.gz", "two")),
        engine(("a.json.gz", "one"), ("b.json.gz", "two"), ("b.json.gz", "two")),
        engine(("a.json.gz", "one"), ("b.json.gz", "two"), damaged=["archive/a.json.gz"]),
    ],
    ids=["missed", "one more", "in another file", "twice", "damaged"],
)
def test_the_engine_s_answer_is_refused_if_it_is_not_exact(output):
    with pytest.raises(WrongAnswerError):
        check_exact(output, ASKED)


def test_the_command_tells_each_record_once_and_no_canary():
    needles = [*NEEDLES, Needle("c.json.gz", "one", "sign-in"), Needle("c.json.gz", "three", "canary")]
    asked_for = Asked(raw_bytes=1_000, needles=needles, folder=FOLDER)
    check_scan(b'{"eventID":"two"}\n{"eventID":"one"}\n', asked_for)
    with pytest.raises(WrongAnswerError):
        check_scan(b'{"eventID":"two"}\n{"eventID":"one"}\n{"eventID":"one"}\n', asked_for)


def test_the_others_must_find_root_s_records_and_may_find_more():
    check_root(b'{"event_ids": ["one", "decoy"]}', ASKED)
    check_root(b"decoy\none\n", ASKED)
    for wrong in (b'{"event_ids": ["two"]}', b"", b"two\n"):
        with pytest.raises(WrongAnswerError, match="missed 1 of 1"):
            check_root(wrong, ASKED)


def test_a_search_must_name_root_s_files():
    check_files(b"archive/a.json.gz:1\narchive/c.json.gz:1\n", ASKED)
    with pytest.raises(WrongAnswerError, match=r"a\.json\.gz"):
        check_files(b"archive/b.json.gz:1\n", ASKED)


def test_unpacking_must_unpack_all():
    check_unpacked(b'{"raw_bytes": 1000}', ASKED)
    with pytest.raises(WrongAnswerError):
        check_unpacked(b'{"raw_bytes": 999}', ASKED)


def test_where_nothing_can_be_missed_nothing_is_proved():
    with pytest.raises(WrongAnswerError):
        check_root(b"", Asked(raw_bytes=1, needles=[], folder=FOLDER))


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("bench") / "archive", size=Fraction(1, 1000))


@pytest.mark.parametrize("name", ["unpack-alone", "engine-1", "engine-2", "stdlib-1", "scan", "naive"])
def test_a_contender_answers_rightly_on_a_small_archive(archive, name):
    (job,) = [job for job in jobs(archive) if job.name == name]
    (figure,) = measure([job], archive, 1, lambda _: None)
    assert figure.raw_bytes == archive.manifest.raw_bytes
    assert figure.runs == 1


def test_ten_times_over_is_asked_for_each_needle_ten_times(archive):
    (job,) = [job for job in sizes(archive) if job.name == "engine-1-tenfold"]
    assert job.part == Part(times=10)
    assert len(asked(job, archive, 0).needles) == 10 * len(archive.truth)


def test_a_part_asks_for_the_needles_of_its_files_alone(archive):
    (job,) = [job for job in sizes(archive) if job.name == "engine-1-hundredth"]
    assert 0 < len({needle.file for needle in asked(job, archive, 0).needles}) <= 1
    assert ALL.arguments == ("0", "1", "1")


def test_a_pipe_s_stages_read_from_each_other(tmp_path):
    feed = tmp_path / "feed"
    feed.write_text("b\na\n")
    took, output = run([("cat",), ("sort",)], on=cores(), feed=feed)
    assert output == b"a\nb\n"
    assert took.seconds > 0
    assert took.peak_bytes > 0


def test_a_stage_that_fails_is_told_with_what_it_said():
    script = "import sys; sys.exit('no such luck')"
    with pytest.raises(Failed, match=r"ended with 1: no such luck"):
        run([(sys.executable, "-c", script), ("cat",)], on=cores())


def test_the_peak_is_that_of_the_largest_process_even_of_a_child():
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'len(bytearray(300_000_000))'], check=True)"
    took, _ = run([(sys.executable, "-c", script)], on=cores())
    assert took.peak_bytes > 290_000_000


def test_children_that_nobody_waits_for_count_too():
    child = "import time; bytearray(300_000_000); time.sleep(0.1)"
    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.DEVNULL)"
    took, _ = run([(sys.executable, "-c", script)], on=cores())
    assert took.peak_bytes > 290_000_000


def test_an_exit_code_may_be_an_answer():
    run([(sys.executable, "-c", "import sys; sys.exit(3)")], on=cores(), codes=(3,))


def test_the_peak_does_not_count_the_memory_of_whoever_measures():
    ballast = bytearray(100_000_000)
    took, _ = run([("true",)], on=cores())
    assert took.peak_bytes < 20_000_000 < len(ballast)
