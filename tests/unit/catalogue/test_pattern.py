"""The pattern language of ``when``: EventBridge's, but that null and the empty string count as absent."""

from typing import Any

import pytest

from rootwatch.catalogue.pattern import PatternError, compile_pattern


def fits(entries: list[Any], value: Any) -> bool:
    return compile_pattern({"field": entries}).fits({"field": value})


@pytest.mark.parametrize(
    ("entries", "fitting", "other"),
    [
        (["a", "b"], ["a", "b", ["x", "b"], [["a"]]], ["c", "A", "", None, [], {}, 1, {"a": "a"}]),
        ([True], [True, [False, True]], ["true", 1, False, None]),
        ([1], [1, 1.0], [True, "1", 2]),
        ([""], [""], [None, "a", []]),
        ([{"exists": True}], ["a", 0, False, ["", "a"]], [None, "", [], [""], {}, {"a": "b"}]),
        ([{"exists": False}], [None, "", [], [None, ""], {}, {"a": "b"}], ["a", 0, False, ["", "a"]]),
        ([{"prefix": "ab"}], ["ab", "abc", ["x", "abc"]], ["a", "xab", None, 1, {}, ["x"]]),
        ([{"suffix": "yz"}], ["yz", "xyz"], ["z", "yzx", None, 1]),
        ([{"anything-but": ["a", "b"]}], ["c", 1, False, ["a", "c"]], ["a", "b", None, "", [], {}, ["a", "b"]]),
        ([{"anything-but": "a"}], ["c"], ["a", None]),
        ([{"anything-but": [True]}], ["true", 1, False], [True]),
        ([{"exists": False}, "a"], [None, "", "a"], ["b"]),
    ],
)
def test_what_fits_a_list(entries: list[Any], fitting: list[Any], other: list[Any]) -> None:
    assert [value for value in fitting if not fits(entries, value)] == []
    assert [value for value in other if fits(entries, value)] == []


def test_all_fields_of_a_table_have_to_fit() -> None:
    pattern = compile_pattern({"a": {"b": ["x"], "c": ["y"]}})
    assert pattern.fits({"a": {"b": "x", "c": "y"}})
    assert not pattern.fits({"a": {"b": "x", "c": "z"}})
    assert not pattern.fits({"a": {"b": "x"}})


def test_in_a_list_of_tables_one_table_has_to_fit_as_a_whole() -> None:
    pattern = compile_pattern({"a": {"b": ["x"], "c": ["y"]}})
    assert pattern.fits({"a": [{"b": "z"}, {"b": "x", "c": "y"}]})
    assert not pattern.fits({"a": [{"b": "x", "c": "z"}, {"b": "z", "c": "y"}]})


@pytest.mark.parametrize("value", [None, "text", 1, True, [], ["text"], {}])
def test_a_field_is_absent_where_its_table_is_missing_or_no_table(value: Any) -> None:
    assert compile_pattern({"a": {"b": [{"exists": False}]}}).fits({"a": value})
    assert not compile_pattern({"a": {"b": [{"exists": True}]}}).fits({"a": value})


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ({}, "when has to be a table that names fields of the record"),
        ({"a": "b"}, "when.a has to be a table that names fields of the record"),
        ({"a": {}}, "when.a has to be a table that names fields of the record"),
        ({"a": []}, "when.a is an empty list, which nothing fits"),
        ({"a": [{"exists": "no"}]}, "when.a.exists has to be true or false"),
        ({"a": [{"prefix": 1}]}, "when.a.prefix has to be a text"),
        ({"a": [{"anything-but": [["b"]]}]}, "when.a.anything-but has to be a literal or a list of them"),
        (
            {"a": [{"wildcard": "b*"}]},
            "when.a uses the operator wildcard; write one of exists, prefix, suffix, anything-but",
        ),
        (
            {"a": [{"prefix": "b", "suffix": "c"}]},
            "when.a lists something that is neither a literal nor one operator such as { exists = false }",
        ),
    ],
)
def test_a_wrong_pattern_is_told_in_one_sentence_with_its_place(pattern: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    assert str(caught.value) == sentence
