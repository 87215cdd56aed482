"""What people read of a run, and how `make bench` ends."""

from fractions import Fraction

import msgspec
import pytest

from bench import publish, run, tools
from bench import report as told
from bench.archive.truth import Manifest
from bench.conclusions import lines, verdicts
from bench.generate import generate
from bench.jobs import jobs, sizes
from bench.machine import Machine
from bench.ratios import figure
from bench.report import Report, Side
from bench.tools import MissingToolError
from bench.whole_process import Took

GIGABYTE = 1_000_000_000
SECONDS = {
    "unpack-alone": 1.9, "engine-1": 2.0, "engine-2": 1.0, "stdlib-1": 4.0, "stdlib-2": 2.0, "ripgrep": 10.0,
    "duckdb": 20.0, "jq": 30.0, "naive": 6.0, "scan": 1.2,
}  # fmt: skip


def made(name, seconds, raw=3 * GIGABYTE, peak=40_000_000):
    return figure(name, f"the {name}", 1, raw, [Took(seconds, seconds, peak), Took(seconds + 0.2, seconds, peak)])


def report(size="1", engine_2=1.0):
    figures = [made(name, seconds) for name, seconds in (SECONDS | {"engine-2": engine_2}).items()]
    grown = [
        made(f"{name}-{share}", 0.1 + SECONDS[name] * factor, raw=round(3 * GIGABYTE * factor))
        for name in ("engine-1", "engine-2")
        for share, factor in (("hundredth", 0.01), ("tenth", 0.1), ("tenfold", 10))
    ]
    return Report(
        date="2026-11-24",
        machine=Machine(2, "Example CPU", "Linux x86_64", "3.13.0"),
        load=0.25,
        tools={"ripgrep": "13.0.0", "jq": "1.6"},
        archive=Manifest(size, 7, "0123456789abcdef", 2_000_000, 6_868, 900, 3 * GIGABYTE, 340_000_000, 29_000_000),
        figures=figures,
        sizes=grown,
        lines=lines(figures, grown),
        verdicts=verdicts(figures, grown),
        sides=[Side("an alert", "5.0 ms", "median of 200")],
    )


def test_the_setting_is_told_in_full():
    assert told.setting(report()) == (
        "Measured on 2026-11-24: 2 cores of Example CPU, Linux x86_64, Python 3.13.0, ripgrep 13.0.0, jq 1.6; "
        "load 0.2 when it began. The archive: 2,000,000 records in 6,868 log files, 3.00 GB unpacked, 340 MB "
        "packed, the largest file 29 MB; seed 7."
    )


def test_a_contender_s_row_tells_its_rate_its_seconds_and_its_memory():
    row = told.figure_rows([made("engine-1", 2.0)])[0]
    assert row == ("the engine-1", "1.43", "2.10 (2.00 to 2.20)", "2.00", "40", "3.00 GB")


def test_a_table_for_a_terminal_has_columns_as_wide_as_what_stands_in_them():
    text = told.text_table(("", "x"), [("long words", "1"), ("a", "22")])
    assert text == "            x\nlong words  1\na           22"


def test_a_report_holds_if_every_promise_does():
    fine, slow = report(), report(engine_2=1.5)
    assert fine.verdicts
    assert [verdict.promise for verdict in fine.verdicts if not verdict.holds] == []
    assert fine.holds
    assert not slow.holds


def test_the_line_is_through_the_engine_s_own_sizes():
    one, two = lines([], report().sizes)
    assert (one.title, two.title) == ("the engine-1-hundredth", "the engine-2-hundredth")
    assert one.rate == pytest.approx(1.5 * GIGABYTE, rel=0.01)
    assert one.start_seconds == pytest.approx(0.2, abs=0.01)


def test_every_promise_is_about_contenders_that_are_measured(tmp_path):
    archive = generate(tmp_path / "archive", size=Fraction(1, 1000))
    everything = jobs(archive), sizes(archive)
    figures, grown = (
        [figure(job.name, job.title, job.cores, 1, [Took(1, 1, 1)]) for job in some] for some in everything
    )
    assert len(verdicts(figures, grown)) == 11


@pytest.fixture
def measured(monkeypatch):
    """`make bench` with a measurement that is given, not made."""
    found = {}
    monkeypatch.setattr(run, "_measured", lambda *_: found["report"])
    monkeypatch.setattr(run, "cores", lambda: (0, 1))
    return found


@pytest.mark.parametrize(
    ("engine_2", "arguments", "code"),
    [(1.0, [], 0), (1.5, [], 1), (1.5, ["--report-only"], 0)],
    ids=["all promises hold", "one does not", "only a report is asked for"],
)
def test_make_bench_ends_as_the_promises_do(measured, tmp_path, capsys, engine_2, arguments, code):
    measured["report"] = report(engine_2=engine_2)
    assert run.main(["--out", str(tmp_path / "build" / "bench.json"), *arguments]) == code
    written = msgspec.json.decode((tmp_path / "build" / "bench.json").read_bytes(), type=Report)
    assert written == measured["report"]
    assert ("NO" in capsys.readouterr().out) is (engine_2 > 1)


def test_one_core_is_too_few(monkeypatch, capsys):
    monkeypatch.setattr(run, "cores", lambda: (0,))
    assert run.main([]) == 2
    assert capsys.readouterr().err == "The measurements need two cores.\n"


def test_a_missing_tool_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: None if name == "rg" else f"/usr/bin/{name}")
    with pytest.raises(MissingToolError, match="need ripgrep: apt-get install ripgrep"):
        tools.tools()


@pytest.fixture
def published(monkeypatch, tmp_path):
    """The last run's file, and the one that the page is made from."""
    last, kept = tmp_path / "bench.json", tmp_path / "measured.json"
    monkeypatch.setattr(publish, "RESULT", last)
    monkeypatch.setattr(publish, "MEASURED", kept)
    return last, kept


def test_the_last_full_run_is_what_the_page_tells(published):
    last, _ = published
    last.write_bytes(msgspec.json.encode(report()))
    assert publish.main() == 0
    assert publish.measured() == report()


@pytest.mark.parametrize("content", [None, msgspec.json.encode(report(size="1/10"))], ids=["no run", "a part"])
def test_without_a_full_run_the_page_stays_as_it_is(published, capsys, content):
    last, kept = published
    if content:
        last.write_bytes(content)
    assert publish.main() == 2
    assert "run `make bench` first" in capsys.readouterr().err
    assert not kept.exists()
