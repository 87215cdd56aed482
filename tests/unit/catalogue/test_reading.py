"""Reading the catalogue: the built JSON equals the TOML files, and a wrong row is told in one sentence."""

from pathlib import Path

import pytest

from rootwatch import catalogue
from rootwatch.catalogue import Catalogue, CatalogueError, from_json
from rootwatch.catalogue.rows import parse_toml, read_toml_files

ROW = """
service = "iam.amazonaws.com"

[[action]]
name = "CreateUser"
harm = "identity"
severity = "high"
says = "made an IAM user"
tried = "make an IAM user"
technique = "T1136.003"
do_now = "Ask who asked for it."
window = "yes"
changes = true
"""


def test_the_built_json_holds_the_same_catalogue_as_the_toml_files() -> None:
    assert from_json(catalogue.to_json()) == Catalogue(read_toml_files())


def test_the_json_is_the_same_each_time_and_holds_no_examples() -> None:
    assert catalogue.to_json() == catalogue.to_json()
    assert b"example" not in catalogue.to_json()


def test_catalogues_that_differ_in_a_word_are_not_equal() -> None:
    assert from_json(catalogue.to_json().replace(b"made an IAM user", b"made one IAM user")) != catalogue.load()


def test_it_is_read_once() -> None:
    assert catalogue.load() is catalogue.load()


def test_json_that_is_not_ours_is_told() -> None:
    with pytest.raises(CatalogueError, match=r"^catalogue\.json is not what to_json"):
        from_json(b'[{"service": "iam.amazonaws.com"}]')


def test_a_row_needs_neither_when_nor_example_nor_central() -> None:
    assert parse_toml(ROW, "iam.toml").action[0].central == ""


@pytest.mark.parametrize(
    ("line", "instead", "sentence"),
    [
        (
            'severity = "high"',
            'severity = "urgent"',
            "iam.toml, action 1 (CreateUser): severity is wrong; write low, medium, high or critical.",
        ),
        (
            'window = "yes"',
            "",
            "iam.toml, action 1 (CreateUser): window is missing; write yes, never, password, mfa or contact.",
        ),
        (
            'technique = "T1136.003"',
            'technique = "Persistence"',
            'iam.toml, action 1 (CreateUser): technique is wrong; write a MITRE ATT&CK id such as T1098.001, or "".',
        ),
        (
            'says = "made an IAM user"',
            'says = "Made an IAM user."',
            (
                "iam.toml, action 1 (CreateUser): says is wrong; write plain words in the past tense that follow "
                '"root ", without a full stop, at most 90 characters.'
            ),
        ),
        (
            'do_now = "Ask who asked for it."',
            f'do_now = "{"Ask. " * 60}"',
            (
                "iam.toml, action 1 (CreateUser): do_now is wrong; write one or two sentences for the person on call, "
                "at most 240 characters."
            ),
        ),
        (
            "changes = true",
            'changes = "yes"',
            "iam.toml, action 1 (CreateUser): changes is wrong; write true or false.",
        ),
        (
            "changes = true",
            "changes = true\nseverty = 1",
            (
                "iam.toml, action 1 (CreateUser): there is no field severty; the fields are name, harm, severity, "
                "says, tried, technique, do_now, window, changes, needs_root, central, when, example."
            ),
        ),
        (
            "changes = true",
            "changes = true\nwhen = { requestParameters = { userName = [{ exist = false }] } }",
            (
                "iam.toml, action 1 (CreateUser): when.requestParameters.userName uses the operator exist; "
                "write one of exists, prefix, suffix, anything-but."
            ),
        ),
        (
            'name = "CreateUser"',
            "",
            "iam.toml, action 1: name is missing; write the CloudTrail eventName, exactly as logged.",
        ),
        (
            'service = "iam.amazonaws.com"',
            'service = "IAM"',
            "iam.toml: service is wrong; write the CloudTrail eventSource, such as iam.amazonaws.com.",
        ),
        ("[[action]]", "[action]", "iam.toml has no [[action]]: write one [[action]] table a row."),
    ],
)
def test_a_wrong_row_is_told_with_file_row_field_and_what_to_write(line: str, instead: str, sentence: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse_toml(ROW.replace(line, instead), "iam.toml")
    assert str(caught.value) == sentence


def test_a_file_that_is_not_toml_is_told() -> None:
    with pytest.raises(CatalogueError, match=r"^iam\.toml is not TOML: .*line 1"):
        parse_toml("service: iam", "iam.toml")


def test_a_row_that_nothing_can_reach_is_refused() -> None:
    action = ROW[ROW.index("[[action]]") :]
    special = action + "when = { errorCode = [{ exists = true }] }\n"
    parse_toml(ROW.replace(action, special + action), "iam.toml")
    for twice in (ROW + action, ROW + special, ROW.replace(action, special + special)):
        with pytest.raises(CatalogueError, match=r"^iam\.toml, action 2 \(CreateUser\): a row of this name before it"):
            parse_toml(twice, "iam.toml")


def test_two_files_of_one_service_are_refused(tmp_path: Path) -> None:
    (tmp_path / "iam.toml").write_text(ROW, "utf-8")
    (tmp_path / "more.toml").write_text(ROW, "utf-8")
    with pytest.raises(CatalogueError, match=r"^iam\.amazonaws\.com is the service of two files"):
        read_toml_files(tmp_path)
