"""As much of a damaged text is read as there is, in a time that grows with its length."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.documents import Damage, split
from tests.support.records import body, sign_in_body


def records(count: int) -> list[dict[str, object]]:
    return [body("CreateUser", requestParameters={"userName": f"user-{n}"}) for n in range(count)]


@pytest.mark.parametrize("wrap", [lambda both: {"Records": both}, lambda both: both], ids=["log file", "list"])
@pytest.mark.parametrize("indent", [None, 2], ids=["compact", "pretty"])
def test_every_whole_record_before_a_cut_comes_out(indent, wrap):
    # Sorted, as jq -S writes them: eventVersion, by which reading could start again, does not come first.
    both = [sign_in_body(), body("CreateUser")]
    text = json.dumps(wrap(both), indent=indent, sort_keys=True)
    ends = [end for end in range(len(text)) if text[:end].endswith("}")]
    first_end = next(end for end in ends if _is_json(text[text.index("[") + 1 : end]))
    second_end = next(end for end in ends if _is_json("[" + text[text.index("[") + 1 : end] + "]") and end > first_end)
    for cut in range(1, len(text)):
        values, damage = split(text[:cut])
        assert values == both[: (cut >= first_end) + (cut >= second_end)]
        assert damage is not None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "bad", ["", "nope", '{"eventName": ', '{"a": nope}', '"open', "}", "]}", "\x00", '{"a": "\x1f"}']
)
def test_a_bad_line_costs_no_other_line(bad):
    first, second, third = records(3)
    text = "\n".join([json.dumps(first), bad, json.dumps(second), bad, json.dumps(third)])
    values, damage = split(text)
    assert values == [first, second, third]
    assert (damage is None) is (bad == "")


def test_a_damaged_record_in_a_log_file_costs_no_other_record():
    first, second, third = records(3)
    damaged = json.dumps(second).replace('"eventTime": ', '"eventTime" ')
    values, damage = split(f'{{"Records":[{json.dumps(first)},{damaged},{json.dumps(third)}]}}')
    assert values == [first, third]
    assert damage is not None
    assert damage.text.startswith(damaged)


def test_damage_says_where_it_begins_and_holds_nothing_that_was_read():
    first, second = records(2)
    text = json.dumps(first) + "\nbad one\n" + json.dumps(second) + "\nbad two\n"
    values, damage = split(text)
    assert values == [first, second]
    assert damage == Damage(text.index("bad one"), "bad one\n\nbad two\n")


def test_values_that_are_longer_than_the_window_are_read_whole():
    long = [{"text": "x" * size, "numbers": list(range(size // 4))} for size in (10, 8_000, 9_000, 40_000, 700_000)]
    values, damage = split("\n".join(json.dumps(value) for value in long))
    assert values == long
    assert damage is None


@pytest.mark.parametrize("size", range(8185, 8200))
def test_a_value_that_ends_where_a_window_ends_is_read_whole(size):
    for value in (1234567890, "\U0001f511\\\n", {"a": True}, [-0.5e7], None):
        text = " " * 5 + json.dumps("y" * size) + " " + json.dumps(value) + " " + json.dumps(value)
        assert split(text) == (["y" * size, value, value], None)


@given(
    st.lists(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5), max_size=6)
)
def test_what_stands_in_lines_comes_out_as_it_was_written(values):
    if values:
        assert split("\n".join(json.dumps(value) for value in values)) == (values, None)


@given(
    st.text()
    | st.lists(
        st.sampled_from(['{"Records":[', "{", "}", "[", "]", '"', ",", ":", "\n", "1", "\\", '{"eventVersion":'])
    ).map("".join)
)
def test_no_text_raises_and_none_is_dropped_without_a_word(text):
    values, damage = split(text)
    assert values or damage


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "\n".join(f'{{"a": nope {i:090d}}}' for i in range(n)),
        lambda n: '{"eventVersion": 1, "eventName": nope} ' * n,
        lambda n: '{"eventVersion":' * n,
        lambda n: '{"eventVersion":[\n' * n,
        lambda n: '{"a":\n' * n,
        lambda n: '{"Records":[\n' * n,
        lambda n: '{"Records":[' + '{"eventVersion":"1"},' * n + "!",
        lambda n: '{"eventVersion":"' * n,
        lambda n: '{"eventVersion":"' + "x" * 20 * n,
        lambda n: "[" * 20 * n,
        lambda n: "{" + " " * 20 * n + "\n{" * n,
    ],
    ids=[
        "bad lines",
        "bad records in one line",
        "objects in objects",
        "objects in lists",
        "lines in lines",
        "log files in log files",
        "one bad at the end",
        "open texts",
        "one long open text",
        "lists in lists",
        "spaces",
    ],
)
def test_twice_the_damage_takes_no_more_than_thrice_the_time(make: Callable[[int], str]):
    small, large = make(20_000), make(40_000)
    # The best of some runs, since this machine does other things too; a little is added for the clock.
    assert any(_seconds(large) < 3 * _seconds(small) + 0.02 for _ in range(5))


def _seconds(text: str) -> float:
    start = time.perf_counter()
    split(text)
    return time.perf_counter() - start
