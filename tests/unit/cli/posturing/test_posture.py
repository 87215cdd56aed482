"""``rootwatch posture``: every form tells the same; its exit code is the line of the settings, unknown is below it."""

import csv
import io
import json
from datetime import UTC, datetime

import boto3
import msgspec
import pytest
from botocore.client import BaseClient
from click.testing import CliRunner
from moto import mock_aws

from rootwatch.core.posture_rules import RULES
from rootwatch_cli import posture as command
from rootwatch_cli.aws import Deployed
from rootwatch_cli.main import main
from rootwatch_cli.posturing import table
from rootwatch_cli.posturing.controls import FRAMEWORKS, controls
from rootwatch_cli.posturing.rows import rows_of
from tests.support.credentials import error
from tests.support.records import HUB, MANAGEMENT, NOON, settings
from tests.unit.cli.posturing.made import DATA, PAYMENTS, SANDBOX, organisation
from tests.unit.render.golden import check

GUARDED = [MANAGEMENT, HUB, DATA]


def made(framework=None, accounts=()):
    one = organisation()
    found = [posture for posture in one.table.all() if not accounts or posture.account in accounts]
    return rows_of(found, one.table.under_way.central, one.settings, NOON, framework)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the command on the table of an organisation that was looked at just now."""
    one = organisation(datetime.now(UTC))
    file = tmp_path / "settings.json"
    file.write_bytes(one.settings.to_json())
    monkeypatch.setattr(command, "deployed", lambda aws, settings: Deployed("b", "q", "d", "t", "a"))
    monkeypatch.setattr(command, "PostureTable", lambda client, name: one.table)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    def invoke(*options):
        return CliRunner().invoke(main, ["posture", "--settings", str(file), *options])

    invoke.organisation = one
    return invoke


@pytest.mark.parametrize(
    ("sample", "framework", "accounts"),
    [("all", None, ()), ("cis-5.0", "cis-5.0", ()), ("one-account", None, (PAYMENTS,))],
)
def test_the_table_reads_as_the_sample_reads(sample, framework, accounts):
    lines = table.lines(made(framework, accounts), whole=bool(accounts))
    check("posture", f"{sample}.txt", "\n".join(line.rstrip() for line in lines) + "\n")


def test_every_form_tells_of_the_same_accounts_and_rules(run):
    objects = [json.loads(line) for line in run("--format", "jsonl").stdout.splitlines()]
    cells = list(csv.DictReader(io.StringIO(run("--format", "csv").stdout)))
    assert len(objects) == len(cells) == 5 * len(RULES)
    assert [(one["account"], one["rule"], one["state"]) for one in objects] == [
        (one["account"].lstrip("'"), one["rule"], one["state"]) for one in cells
    ]
    aliases = {one["account"]: one["alias"] for one in objects}
    assert (aliases[PAYMENTS], aliases[DATA], aliases[SANDBOX]) == ("example-payments", "", None)
    assert {one["alias"] for one in cells} == {"", "example-payments"}
    [ben] = [one for one in objects if one["rule"] == "user-mfa" and one["state"] == "fails"]
    assert ben["users"] == [{"user": "ben", "rule": "user-mfa", "says": "signs in to the console without MFA"}]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_framework_has_a_row_for_each_of_its_controls(run, framework):
    found = [json.loads(line) for line in run("--framework", framework, "--format", "jsonl").stdout.splitlines()]
    ids = [control.id for control in controls(framework)]
    assert [one["control"] for one in found if one["account"] == PAYMENTS] == ids
    assert len(ids) == len(set(ids)) >= 6


def test_the_controls_that_the_design_cites_are_there():
    assert {"1.3", "1.4", "1.5", "1.6"} <= {control.id for control in controls("cis-5.0")}
    assert {"IAM.4", "IAM.6"} <= {control.id for control in controls("fsbp")}
    assert all(control.title.strip() for framework in FRAMEWORKS for control in controls(framework))


@pytest.mark.parametrize(
    ("accounts", "code"), [(GUARDED, 0), ([PAYMENTS], 1), ([SANDBOX], 1), ([*GUARDED, SANDBOX], 1), ([], 1)]
)
def test_the_exit_code_is_one_while_an_account_fails_or_can_t_be_read(run, accounts, code):
    assert run(*(word for account in accounts for word in ("--account", account))).exit_code == code


@pytest.mark.parametrize("asked", ["prod-payments", "example-payments", "EXAMPLE-Payments"])
def test_an_account_is_asked_for_by_its_name_or_its_alias_too(run, asked):
    assert run("--account", asked).stdout == run("--account", PAYMENTS).stdout


def test_an_account_that_is_not_looked_at_any_more_is_not_left_out_in_silence(run):
    store = run.organisation.table
    [data] = [one for one in store.all() if one.account == DATA]
    store.keep(msgspec.structs.replace(data, status="SUSPENDED"))
    result = run("--account", HUB, "--account", DATA)
    assert (result.exit_code, f"{DATA} is suspended, closed or gone" in result.stderr) == (2, True)


def test_of_no_account_nothing_is_known_which_is_not_fine(run):
    run.organisation.table.stored.clear()
    result = run()
    assert result.exit_code == 1
    assert "No account is known yet" in result.stdout


def test_what_was_looked_at_long_ago_is_not_known_any_more(run):
    stored = run.organisation.table.stored
    old = msgspec.structs.replace(stored[DATA], looked_at=datetime(2026, 1, 1, tzinfo=UTC))
    stored[DATA] = old
    result = run("--account", DATA)
    assert result.exit_code == 1
    assert "not looked at since 2026-01-01" in result.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--account", "prod"], "No account is called prod."),
        (["--live", "--account", "prod"], "is no account id"),
        (["--account", "999999999999"], "No account 999999999999 is known"),
        (["--role", "Audit"], "--role goes with --live"),
    ],
)
def test_bad_input_is_one_sentence(run, options, says):
    result = run(*options)
    assert (result.exit_code, says in result.stderr) == (2, True)


def test_a_table_that_can_t_be_read_is_said(run):
    run.organisation.table.down = True
    result = run()
    assert (result.exit_code, "can't be read" in result.stderr) == (2, True)


def test_what_a_stranger_wrote_reaches_no_terminal_and_no_formula(run):
    stored = run.organisation.table.stored
    hostile = "=cmd()\x1b[31m\nx\u202e"
    stored[DATA] = msgspec.structs.replace(stored[DATA], name=hostile, alias=hostile)
    assert "\x1b" not in run("--account", DATA).stdout
    assert run("--account", DATA, "--format", "csv").stdout.count("'=cmd()") == 2 * len(RULES)


@pytest.fixture
def moto_account(monkeypatch, tmp_path):
    """A management account with a user, on moto, which lacks one call and lets every role be taken; --live looks at it
    by IAM's own protocol."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    call = BaseClient._make_api_call

    def answer(self, operation, arguments):
        if operation == "ListOrganizationsFeatures":
            return {"EnabledFeatures": ["RootSessions"]}
        if operation == "AssumeRole":
            raise error("AccessDenied")
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    file = tmp_path / "settings.json"
    file.write_bytes(settings(management_account="123456789012", hub_account="111122223333").to_json())
    with mock_aws():
        boto3.client("organizations", "us-east-1").create_organization(FeatureSet="ALL")
        iam = boto3.client("iam", "us-east-1")
        iam.create_user(UserName="ana")
        iam.create_login_profile(UserName="ana", Password="Correct-horse-9")
        iam.create_access_key(UserName="ana")
        yield str(file)


def live(file, *options):
    return CliRunner().invoke(main, ["posture", "--settings", file, "--live", "--format", "jsonl", *options])


def test_live_looks_at_the_account_of_the_credentials_and_lists_the_organisation(moto_account):
    result = live(moto_account)
    found = {one["rule"]: one for one in map(json.loads, result.stdout.splitlines())}
    assert {one["account"] for one in found.values()} == {"123456789012"}
    assert (found["user-mfa"]["state"], found["user-mfa"]["users"][0]["user"]) == ("fails", "ana")
    assert (found["root-no-access-key"]["state"], found["root-mfa"]["state"]) == ("holds", "fails")
    assert found["central-root-access"]["says"] == "off: root credentials management"
    assert result.exit_code == 1


def test_live_says_of_an_account_whose_role_can_t_be_taken_that_nothing_is_known(moto_account):
    result = live(moto_account, "--account", "444455556666")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    of_account = [one for one in found if one["rule"] != "central-root-access"]
    assert {one["state"] for one in of_account} == {"unknown"}
    assert "AccessDenied" in of_account[0]["says"]
    assert result.exit_code == 1
