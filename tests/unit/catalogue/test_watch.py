"""Every row of the watch events: found by its own example, complete, and in the style that alerts are written in."""

import re

import pytest

from rootwatch.catalogue import watch
from rootwatch.catalogue.rows import CatalogueError
from rootwatch.catalogue.watch.row import Row, parse_toml, read_toml_files
from rootwatch.core.words import WATCH_KINDS
from tests.unit.catalogue.test_rows import TECHNIQUES

ROWS = read_toml_files()
NAMES = [f"{row.name or row.prefix} {number}" for number, row in enumerate(ROWS)]


def found(row: Row) -> Row | None:
    record = {
        "eventName": row.name,
        "eventSource": row.services[0],
        "recipientAccountId": "111122223333",
        **row.example,
    }
    return watch.load().find(str(record["eventSource"]), str(record["eventName"]), record)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_row_is_found_by_its_own_example_and_no_row_before_it_is(row):
    one = found(row)
    assert one is not None
    assert (one.name, one.prefix, one.says) == (row.name, row.prefix, row.says)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_row_s_words_name_only_what_its_example_holds(row):
    record = {"recipientAccountId": "111122223333", **row.example}
    assert ("{thing}" in row.says) == ("{thing}" in row.tried)
    if "{thing}" in row.says:
        assert row.part(record)
    assert set(re.findall(r"\{(\w+)\}", row.says + row.tried)) <= {"thing", "name"}
    for path in row.account:
        assert path.startswith(("requestParameters.", "serviceEventDetails."))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_row_cites_a_technique_that_exists(row):
    assert row.technique in {"", *TECHNIQUES}


def test_every_kind_of_watch_event_but_the_tag_has_a_row():
    assert {row.kind for row in ROWS} == WATCH_KINDS - {"tag"}


def test_what_the_lambda_reads_is_what_people_wrote():
    assert watch.from_json(watch.to_json()) == watch.load()
    assert watch.to_json() == watch.to_json()
    assert b"example" not in watch.to_json()


@pytest.mark.parametrize(
    ("source", "name", "parameters"),
    [
        ("cloudtrail.amazonaws.com", "GetTrailStatus", {"name": "main"}),
        ("cloudtrail.amazonaws.com", "StartLogging", {"name": "main"}),
        ("events.amazonaws.com", "DeleteRule", {"name": "nightly-report"}),
        ("events.amazonaws.com", "DescribeRule", {"name": "rootwatch-root-use"}),
        ("iam.amazonaws.com", "DeleteRole", {"roleName": "builder"}),
        ("organizations.amazonaws.com", "RegisterDelegatedAdministrator", {"servicePrincipal": "config.amazonaws.com"}),
        ("organizations.amazonaws.com", "DisableAWSServiceAccess", {"servicePrincipal": "ram.amazonaws.com"}),
        ("organizations.amazonaws.com", "DescribeAccount", {"accountId": "111122223333"}),
        ("sts.amazonaws.com", "AssumeRoot", {"targetPrincipal": "111122223333"}),
        ("sts.amazonaws.com", "AssumeRole", {"roleArn": "arn:aws:iam::111122223333:role/rootwatch/x"}),
        (None, None, None),
    ],
)
def test_everyday_calls_have_no_row(source, name, parameters):
    assert watch.load().find(source, name, {"requestParameters": parameters}) is None


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("main", "main"),
        ("arn:aws:cloudtrail:us-east-1:111122223333:trail/main", "main"),
        ("arn:aws:iam::111122223333:root", "111122223333"),
        ("https://sqs.us-east-1.amazonaws.com/111122223333/rootwatch-records", "rootwatch-records"),
        ("arn:aws:secretsmanager:us-east-1:111122223333:secret:rootwatch/slack-AbCdEf", "rootwatch/slack-AbCdEf"),
        (["rootwatch-root-use"], "rootwatch-root-use"),
        ({"S": "main"}, None),
        (7, None),
        ("", None),
    ],
)
def test_a_thing_is_called_by_its_bare_name(value, bare):
    row = next(row for row in ROWS if row.name == "StopLogging")
    assert row.part({"requestParameters": {"name": value}}) == bare


ROW = """
[[event]]
services = ["cloudtrail.amazonaws.com"]
name = "StopLogging"
kind = "tampering"
harm = "watch"
severity = "critical"
says = "stopped a trail"
tried = "stop a trail"
means = "Nobody sees it."
do_now = "Start it again."
"""


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (ROW.replace('"critical"', '"bad"'), r"mine.toml, event 1 \(StopLogging\): .*severity"),
        (ROW + 'prefix = "Stop"\n', "write either name or prefix"),
        (ROW.replace("Nobody sees it.", "Nobody sees it"), "means"),
        (ROW + "colour = 1\n", "colour"),
        (ROW + "when = { requestParameters = [] }\n", "empty list"),
        ("[[action]]\n", "has to hold"),
        ("[[", "not TOML"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_that_names_the_row(wrong, complaint):
    with pytest.raises(CatalogueError, match=complaint):
        parse_toml(wrong, "mine.toml")
