"""The words: each of them is found wherever it may stand, and what only looks like one is passed over."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.archive import search
from rootwatch.archive.words import Word, Words, words
from tests.support.oracle import by_hand, corpus, log_file, watch_events

OURS = Words(words())
SEARCHES = [search.packed, search.libc, search.plain]
EACH = [Words(words(), make) for make in SEARCHES]
_EDGES = ['"', '\\"', " ", "\\t", "\\n", "\\u0009", "\\\\\\u000a", "\u00a0", "\x7f", "\u200e"]


def test_whatever_concerns_us_holds_a_word():
    records = {**corpus(), **watch_events()}
    ours = {name: record for name, record in records.items() if by_hand(log_file([record]))}
    assert len(ours) > 400
    assert [name for name, record in ours.items() if not OURS.places(json.dumps(record).encode())] == []


@pytest.mark.parametrize("word", words(), ids=lambda word: word.text.decode())
@pytest.mark.parametrize("ours", EACH, ids=["packed", "libc", "plain"])
def test_each_word_is_found_between_all_that_may_stand_beside_it(word, ours):
    for spelled in {word.text, word.text.swapcase() if word.any_case else word.text}:
        for before in _EDGES:
            for behind in _EDGES:
                text = b"x" * 40 + before.encode() + spelled + behind.encode() + b"x" * 40
                assert ours.places(text), text


@pytest.mark.parametrize(
    "text",
    [
        "rootDeviceType", "Root/CA", "RootAdmin", "NotRoot", "DescribeOrganization", "OrganizationAccountAccessRole",
        "CreateAccountAssignment", "CreateAccountAlias", "DescribeTrails", "UntagResources", r"\u003c\u0026",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_word_is_passed_over(text):
    assert OURS.places(f'"{text}"'.encode()) == []


@given(st.lists(st.sampled_from([word.text for word in words()]), min_size=1, max_size=3), st.data())
def test_words_that_overlap_hide_none(texts, data):
    text = texts[0]
    for other in texts[1:]:
        sizes = [size for size in range(min(len(text), len(other))) if text.endswith(other[:size])]
        text += other[data.draw(st.sampled_from(sizes)) :]
    inside = [word for word in words() if not word.begins and not word.ends and word.text in text]
    for ours in EACH:
        assert bool(ours.places(text)) >= bool(inside), text


@given(
    st.lists(st.text("abAB", min_size=2, max_size=6), min_size=1, max_size=80, unique=True),
    st.text("abAB x", max_size=60),
)
def test_all_searches_find_the_same_however_many_words_there_are(texts, haystack):
    wanted = [Word(text.encode(), begins=False, ends=False) for text in texts]
    expected = any(text in haystack for text in texts)
    for make in SEARCHES:
        assert bool(Words(wanted, make).places(haystack.encode())) is expected


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_nul_hides_nothing(before, behind):
    for ours in EACH:
        assert ours.places(before + b'\0"StopLogging"' + behind)
