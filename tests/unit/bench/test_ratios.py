"""From runs to what is promised: medians, ratios, and the tables that people read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.ratios import BARS, faster, figure, fit, flat, linear, small
from bench.report import verdict_rows
from bench.whole_process import Took

MEGABYTE = 1_000_000


def made(name, *seconds, raw=1_000, peak=50 * MEGABYTE, cores=1):
    return figure(name, name, cores, raw, [Took(seconds=one, cpu_seconds=one, peak_bytes=peak) for one in seconds])


def verdict_of(what, than, **seconds):
    """The verdict of one bar; the other contenders are such that they don't matter."""
    named = {
        name: made(name, seconds.get(name.replace("-", "_"), 1.0)) for bar in BARS for name in (bar.what, bar.than)
    }
    verdicts = dict(zip([(bar.what, bar.than) for bar in BARS], faster(named), strict=True))
    return verdicts[what, than]


def test_a_figure_is_the_median_with_the_least_the_most_and_the_largest_peak():
    runs = [Took(3.0, 2.0, 10), Took(1.0, 1.0, 30), Took(2.0, 4.0, 20)]
    one = figure("a", "A", 1, 4_000, runs)
    assert (one.seconds, one.seconds_min, one.seconds_max) == (2.0, 1.0, 3.0)
    assert (one.cpu_seconds, one.peak_bytes, one.rate, one.runs) == (2.0, 30, 2_000, 3)


@pytest.mark.parametrize(("seconds", "holds"), [(1 / 7, True), (0.99 / 7, True), (1.01 / 7, False)])
def test_a_bar_holds_at_its_ratio_and_not_below(seconds, holds):
    verdict = verdict_of("engine-2", "ripgrep", engine_2=seconds)
    assert verdict.holds is holds


def test_a_sample_counts_by_its_bytes():
    whole, sample = made("whole", 2.0, raw=2_000), made("sample", 2.0, raw=100)
    assert whole.rate == 20 * sample.rate


def test_memory_is_promised_for_the_largest_process_of_all_runs():
    assert small([made("a", 1.0, peak=100 * MEGABYTE)]).holds
    assert not small([made("a", 1.0), made("b", 1.0, peak=100 * MEGABYTE + 1)]).holds


def test_memory_that_grows_is_told():
    least = made("hundredth", 1.0, peak=40 * MEGABYTE)
    assert flat(least, made("tenfold", 1.0, peak=60 * MEGABYTE)).holds
    assert not flat(least, made("tenfold", 1.0, peak=61 * MEGABYTE)).holds


def test_time_that_grows_faster_than_the_bytes_is_told():
    once = made("once", 1.0, raw=1_000)
    assert linear(once, made("tenfold", 10.9, raw=10_000)).holds
    assert not linear(once, made("tenfold", 11.1, raw=10_000)).holds


@given(
    start=st.floats(0, 10),
    rate=st.floats(1e6, 1e10),
    sizes=st.lists(st.integers(10**6, 10**11), min_size=2, max_size=6, unique=True),
)
def test_the_line_through_points_of_a_line_is_that_line(start, rate, sizes):
    found_start, found_rate = fit([made("a", start + size / rate, raw=size) for size in sizes])
    assert found_rate == pytest.approx(rate, rel=1e-3)
    assert found_start == pytest.approx(start, abs=1e-3 * (1 + start + max(sizes) / rate))


def test_one_size_makes_no_line():
    with pytest.raises(ValueError, match="two sizes"):
        fit([made("a", 1.0), made("b", 2.0)])


def test_a_promise_that_does_not_hold_stands_out_in_the_table():
    rows = verdict_rows(faster({name: made(name, 1.0) for bar in BARS for name in (bar.what, bar.than)}))
    assert {row[2] for row in rows} == {"yes", "NO"}
