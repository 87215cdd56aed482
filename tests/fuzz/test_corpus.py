"""Every input that the fuzzer kept, tried again; and any JSON up to a megabyte."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, reading
from tests.support.oracle import corpus
from tests.support.records import body

FOLDER = Path(__file__).parent / "corpus"
RECORDS = corpus()
CASES = [(name, path) for name in TARGETS for path in sorted((FOLDER / name).iterdir())]
_names = st.sampled_from(["Records", "userIdentity", "detail", "eventName", "Message"])
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | _names, inner),
)


def test_there_is_a_corpus():
    assert {name for name, _ in CASES} == TARGETS.keys()


@pytest.mark.parametrize(("name", "path"), CASES, ids=[f"{name} {path.name[:12]}" for name, path in CASES])
def test_what_the_fuzzer_kept_breaks_nothing(name, path):
    TARGETS[name](path.read_bytes())


@given(_json)
def test_any_json_breaks_nothing(value):
    reading(json.dumps(value).encode())


@given(st.sampled_from(sorted(RECORDS)), st.data())
def test_a_record_with_anything_in_one_of_its_fields_breaks_nothing(name, data):
    record = dict(RECORDS[name]) if isinstance(RECORDS[name], dict) else {}
    record[data.draw(st.sampled_from([*record, "userIdentity"]))] = data.draw(_json)
    reading(json.dumps({"Records": [record]}).encode())


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_a_large_record_breaks_nothing(size):
    record = body("ListUsers")
    for field in ("userAgent", "requestParameters", "eventName", "sourceIPAddress"):
        reading(json.dumps({**record, field: "a🔥" * (size // 5)}).encode())
        reading(json.dumps({**record, field: [{"b": 1}] * (size // 10)}).encode())
