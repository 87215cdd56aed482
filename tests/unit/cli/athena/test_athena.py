"""`rootwatch scan --athena`: the same answer as reading the files, by statements that are data before they are run."""

import gzip
import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import sqlglot
from click.testing import CliRunner
from moto import mock_aws

from rootwatch.catalogue.watch.row import read_toml_files
from rootwatch_cli.athena import ask as asking
from rootwatch_cli.athena.question import questions
from rootwatch_cli.athena.run import AthenaError, Runner
from rootwatch_cli.athena.schema import COLUMNS, Array, Kind, Struct
from rootwatch_cli.athena.table import LogTable
from rootwatch_cli.history.selection import Selection, moment
from rootwatch_cli.main import main
from tests.support import ninety_days
from tests.support.athena import Athena
from tests.support.fixtures import cases
from tests.support.records import HUB, MANAGEMENT, NOON, body, sign_in_body
from tests.unit.cli.test_scan import SETTINGS

BUCKET = "amzn-s3-demo-bucket"
ROOT = f"s3://{BUCKET}/AWSLogs/o-exampleorgid/"
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1")
"""Those of the ninety days and the settings."""


class Session:
    """boto3's session with Athena in DuckDB, and S3 in moto."""

    region_name = "us-east-1"

    def __init__(self, athena: Athena) -> None:
        self._athena = athena

    def client(self, service: str) -> Any:
        return self._athena if service == "athena" else boto3.client("s3", region_name="us-east-1")

    def get_available_regions(self, _service: str) -> list[str]:
        return list(REGIONS)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """Ninety days of log files, written once."""
    return ninety_days.write(tmp_path_factory.mktemp("athena") / "bucket")


@pytest.fixture(scope="module")
def bucket(written):
    """They in S3, where no test changes them."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        for path in written.rglob("*.json.gz"):
            client.put_object(Bucket=BUCKET, Key=str(path.relative_to(written)), Body=path.read_bytes())
        yield


@pytest.fixture
def folder(written, tmp_path) -> Path:
    """A copy of them, of the test's own."""
    return Path(shutil.copytree(written, tmp_path / "bucket"))


@pytest.fixture
def athena(bucket, folder, monkeypatch):
    """Athena over the folder, the same objects in S3, and time that passes at once."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    athena = Athena(folder)
    monkeypatch.setattr(asking, "session_of", lambda *_: Session(athena))
    monkeypatch.setattr(asking.time, "sleep", lambda _: None)
    return athena


def scan(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["scan", "--jobs", "1", "--format", "jsonl", *map(str, arguments)])


def lines_of(result: Any, folder: Path | None = None) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    if folder:
        for line in lines:
            line["source"] = line["source"].replace(f"{folder}/", f"s3://{BUCKET}/")
    return lines


@pytest.mark.parametrize(
    "narrowed",
    [
        (),
        ("--account", ninety_days.PAYMENTS, "--account", ninety_days.DATA),
        ("--region", "us-east-1"),
        ("--until", "2026-10-01"),
        ("--account", ninety_days.PAYMENTS, "--region", "us-east-1", "--until", "2026-11-01"),
    ],
)
@pytest.mark.parametrize("with_settings", [True, False])
def test_the_answer_equals_that_of_reading_the_files(athena, folder, tmp_path, narrowed, with_settings):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(SETTINGS | {"regions": REGIONS}))
    asked = ("--since", "2026-08-01", *narrowed, *(("--settings", settings) if with_settings else ()))
    read = scan(*asked, folder)
    result = scan(*asked, "--athena", "--run", ROOT)
    assert result.exit_code == 0, result.stderr
    assert lines_of(result) == lines_of(read, folder)
    assert len(lines_of(result)) > 10


def test_every_fixture_that_cloudtrail_could_write_is_brought(athena, folder):
    """Whatever concerns us is in the superset; records whose shape no column can hold end the query instead."""
    records = [one for case in cases() for one in (*case.also, case.record) if _has_columns(one)]
    assert len(records) > 150
    path = folder / "AWSLogs/o-exampleorgid/777788889999/CloudTrail/us-east-1/2026/11/26/x_CloudTrail_x.json.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode()))
    arguments = ("--since", "2014-01-01", "--account", "777788889999")
    result = scan(*arguments, "--athena", "--run", ROOT)
    assert result.exit_code == 0, result.stderr
    assert lines_of(result) == lines_of(scan(*arguments, folder), folder)


def _has_columns(value: Any) -> bool:
    """Whether it is a record, and its fields are of the types that CloudTrail documents for the table's columns."""
    if not isinstance(value, dict) or "eventName" not in value or "detail" in value:
        return False
    return all(_fits(value.get(name), kind) for name, kind in COLUMNS.items())


def _fits(value: Any, kind: Kind) -> bool:
    if value is None or kind == "json":
        return True
    if isinstance(kind, Array):
        return isinstance(value, list) and all(_fits(one, Struct(kind)) for one in value)
    if isinstance(kind, Struct):
        return isinstance(value, dict) and all(_fits(value.get(name), part) for name, part in kind.items())
    return isinstance(value, bool if kind == "flag" else str)


def test_every_watch_row_is_brought_by_the_query(folder):
    """From the catalogue itself: a new row can't be forgotten here."""
    rows = read_toml_files()
    assert len(rows) > 40
    bodies = [
        {
            **body(row.name or f"{row.prefix}Thing", eventSource=service),
            "userIdentity": {"type": "AssumedRole"},
            "requestParameters": {"name": "rootwatch-root-use"},
            **row.example,
        }
        for row in rows
        for service in row.services
    ]
    path = folder / "AWSLogs/o-exampleorgid/777788889999/CloudTrail/us-east-1/2026/11/26/x_CloudTrail_x.json.gz"
    path.parent.mkdir(parents=True)
    noise = [body("RunInstances", userIdentity={"type": "IAMUser"}, eventSource="ec2.amazonaws.com")]
    path.write_bytes(gzip.compress(json.dumps({"Records": [*bodies, *noise]}).encode()))
    athena = Athena(folder, polls=0)
    table = LogTable(root=ROOT, regions=REGIONS)
    runner = _runner(athena)
    for statement in table.statements():
        runner.run(statement)
    selection = Selection(since=datetime.fromisoformat("2026-11-26T00:00:00Z"))
    (question,) = questions(selection, ["777788889999"], table, date(2026, 11, 26))
    brought = {row["eventid"] for row in runner.rows(runner.run(question.sql(table)))}
    assert {one["eventID"] for one in bodies} <= brought
    assert noise[0]["eventID"] not in brought


def _runner(athena: Any, **changes: Any) -> Runner:
    how = {"workgroup": "primary", "results": None, "wait": lambda _: None, "progress": lambda *_: None} | changes
    return Runner(athena, **how)


def test_without_run_the_statements_are_printed_and_athena_is_not_asked(athena, folder):
    result = scan("--athena", "--since", "90d", ROOT)
    assert result.exit_code == 0, result.stderr
    statements = result.stdout.split(";\n\n")
    assert [statement.split("\n")[0][:6] for statement in statements] == ["CREATE", "CREATE", "SELECT"]
    assert all(sqlglot.parse_one(statement.rstrip(";\n"), read="athena") for statement in statements)
    assert athena.statements == []
    having_files = sorted({path.name.partition("_")[0] for path in folder.rglob("*.json.gz")})
    assert f"account IN ({', '.join(repr(account) for account in having_files)})" in result.stdout


def test_the_stacks_own_table_and_workgroup_are_used_where_there_is_a_trail_of_our_own(athena, folder, tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(SETTINGS | {"regions": REGIONS, "trail": {"create": True}}))
    own = f"s3://rootwatch-trail-{HUB}-us-east-1/AWSLogs/o-exampleorgid/"
    table = LogTable(root=own, regions=REGIONS, given_name="cloudtrail")
    runner = _runner(athena)
    for statement in table.statements():  # what the stack deploys
        runner.run(statement)
    result = scan("--athena", "--run", "--settings", settings, "--since", "2026-08-01", "--account", MANAGEMENT)
    assert result.exit_code == 0, result.stderr
    assert [statement[:6] for statement in athena.statements[2:]] == ["SELECT"]
    assert athena.arguments[-1] == {"WorkGroup": "rootwatch"}
    assert lines_of(result)[0]["source"].startswith(own)


def test_many_accounts_and_days_become_several_questions_and_each_account_is_asked_once():
    accounts = [f"{number:012d}" for number in range(1200)]
    table = LogTable(root=ROOT, regions=REGIONS)
    selection = Selection(since=datetime.fromisoformat("2026-08-01T00:00:00Z"))
    asked = list(questions(selection, accounts, table, date(2026, 11, 26)))
    assert [account for question in asked for account in question.accounts] == accounts
    for question in asked:
        days = (question.last - question.first).days + 1
        assert len(question.accounts) * len(question.regions) * days <= 100_000


def test_years_of_many_regions_are_asked_for_in_turn_and_each_day_once():
    table = LogTable(root=ROOT, regions=tuple(f"eu-central-{number}" for number in range(34)))
    asked = list(questions(Selection(since=NOON - timedelta(days=4000)), ["777788889999"], table, NOON.date()))
    days = [question.first + timedelta(days=n) for question in asked for n in range(_days(question))]
    assert days == [asked[0].first + timedelta(days=n) for n in range((asked[-1].last - asked[0].first).days + 1)]
    assert max(len(question.regions) * _days(question) for question in asked) <= 100_000


def _days(question):
    return (question.last - question.first).days + 1


def test_with_regions_the_explaining_accounts_are_asked_about_all_of_them():
    selection = Selection(
        accounts=frozenset({"777788889999"}),
        regions=frozenset({"us-east-1"}),
        since=NOON,
        explainers=frozenset({MANAGEMENT}),
    )
    asked = list(questions(selection, ["777788889999", MANAGEMENT], LogTable(root=ROOT, regions=REGIONS), NOON.date()))
    assert [(one.accounts, one.regions) for one in asked] == [
        (("777788889999",), ("us-east-1",)),
        ((MANAGEMENT,), REGIONS),
    ]


def test_what_it_read_is_told_with_what_that_costs_about(athena):
    result = scan("--athena", "--run", "--since", "2026-08-01", ROOT)
    told = result.stderr.splitlines()
    assert told[0] == "Athena: 1 queries, 3,702 bytes scanned: about 0.00 USD at 5 USD a terabyte."
    assert "root use" in told[1]


def test_a_record_that_no_column_can_hold_ends_the_question_without_an_answer(athena, folder):
    path = next(folder.rglob("*.json.gz"))
    path.write_bytes(gzip.compress(json.dumps({"Records": [sign_in_body(userIdentity="root")]}).encode()))
    result = scan("--athena", "--run", "--since", "2026-08-01", ROOT)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "Athena ended the query query-1 (failed): HIVE_BAD_DATA: useridentity is no struct." in result.stderr


def test_pages_are_read_to_the_last_and_nulls_stay_absent(athena, folder):
    whole = scan("--athena", "--run", "--raw", "--since", "2026-08-01", ROOT)
    athena._page = 7
    assert scan("--athena", "--run", "--raw", "--since", "2026-08-01", ROOT).stdout == whole.stdout
    assert not [line for line in lines_of(whole) if None in line["record"].values()]


def test_an_interrupted_question_is_stopped_at_athena(athena):
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _runner(athena, wait=interrupted).run("SELECT 1")
    assert athena.stopped == ["query-0"]


def test_what_athena_refuses_is_one_sentence():
    with mock_aws():
        client = boto3.client("athena", region_name="us-east-1")
        with pytest.raises(AthenaError, match="could not be asked"):
            _runner(client, workgroup="no-such-workgroup").run("SELECT 1")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((ROOT,), "Say how far back with --since"),
        (("--since", "1d"), "Name s3://bucket/prefix, or give --settings with a trail"),
        (("--since", "1d", "/tmp"), "/tmp is not a place in S3"),
        (("--since", "1d", f"s3://{BUCKET}"), "Where in s3://amzn-s3-demo-bucket do the log files lie?"),
        (("--since", "1d", ROOT, ROOT), "one place at a time"),
        (("--since", "1d", f"s3://{BUCKET}/AWSLogs'/x"), "is not a place in S3"),
        (("--since", "1d", "s3://another-bucket-here/AWSLogs/"), "name them with --account"),
        (("--since", "1d", f"s3://{BUCKET}/nothing/AWSLogs/"), "No account has log files below"),
        (("--since", "1d", ROOT, "--output", "found.jsonl"), "go with --run"),
        (("--since", "1d", ROOT, "--results", "s3://amzn-s3-demo-results/"), "go with --run"),
    ],
)
def test_a_question_that_cannot_be_put_is_one_sentence(athena, arguments, says):
    result = scan("--athena", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr.splitlines()[-1]


def test_the_time_of_since_is_what_the_days_are_counted_from():
    selection = Selection(since=moment("2026-11-24", NOON, "since"), until=moment("2026-11-24", NOON, "until"))
    (question,) = questions(selection, ["777788889999"], LogTable(root=ROOT, regions=REGIONS), date(2027, 1, 1))
    assert "day BETWEEN '2026/11/22' AND '2026/11/27'" in question.sql(LogTable(root=ROOT, regions=REGIONS))


def test_the_tables_name_changes_with_what_it_is_over():
    one, same = LogTable(root=ROOT, regions=REGIONS), LogTable(root=ROOT, regions=REGIONS)
    fewer, elsewhere = LogTable(root=ROOT, regions=REGIONS[1:]), LogTable(root="s3://b/AWSLogs/", regions=REGIONS)
    assert one.name == same.name
    assert len({one.name, fewer.name, elsewhere.name}) == 3
    with pytest.raises(ValueError, match="is not a place"):
        LogTable(root="s3://b/'; DROP TABLE x; --/AWSLogs/", regions=REGIONS)
