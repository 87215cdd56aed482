"""``rootwatch break-glass open``: a tag that the parser takes, or a sentence before anything is called."""

import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.ports import StoreDownError
from rootwatch.core.posture import Posture
from rootwatch.core.window import LONGEST, parse
from rootwatch_cli.break_glass import desk as desk_module
from rootwatch_cli.break_glass.accounts import Account
from rootwatch_cli.break_glass.moments import end_of, span
from rootwatch_cli.break_glass.plan import Change, command
from tests.support.records import NOON
from tests.unit.cli.break_glass.organizations import Organizations
from tests.unit.cli.doctoring.an_organisation import HUB, MANAGEMENT, PAYMENTS, SANDBOX

GONE = "333322221111"
HOSTILE = "evil\u202e\n; rm -rf ~ $(id) `id` ' \" \x1b[31m"


def test_a_window_is_declared_and_is_what_the_parser_reads(desk):
    organizations = Organizations()
    before = datetime.now(UTC)
    result = desk(organizations, "open", PAYMENTS, "--for", "2h", "--ticket", "SEC-142", stdin="y\n")
    assert result.exit_code == 0, result.output
    assert "Declare a window on prod-payments (777788889999) from now until " in result.output
    assert "Root access keys, the trail" in result.output
    window = parse(PAYMENTS, organizations.of(PAYMENTS)["break-glass"], set_at=datetime.now(UTC))
    assert timedelta(hours=2) <= window.until - before < timedelta(hours=2, minutes=2)
    assert window.ticket == "SEC-142"


def test_everything_that_a_tag_can_say_can_be_asked_for(desk):
    organizations = Organizations()
    begins = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=30)
    asked = ["--from", f"{begins:%Y-%m-%dT%H:%MZ}", "--for", "1h30m", "--ticket", "SEC-142", "--net", "198.51.100.7/24"]
    asked += ["--covers", "mfa/contact", "--by", "ana@example.com", "--note", "restore test"]
    result = desk(organizations, "open", "prod-payments", *asked, "--yes")
    assert result.exit_code == 0, result.output
    assert "rootwatch break-glass approve 777788889999 --ticket SEC-142" in result.output
    window = parse(PAYMENTS, organizations.of(PAYMENTS)["break-glass"], set_at=datetime.now(UTC))
    assert (window.start, window.until) == (begins, begins + timedelta(minutes=90))
    assert (window.nets, window.covers, window.by) == (("198.51.100.0/24",), ("mfa", "contact"), "ana@example.com")


@pytest.mark.parametrize("account", [PAYMENTS, "prod-payments", "PROD-Payments", f"root+{PAYMENTS}@example.com"])
def test_an_account_is_named_by_id_name_or_address(desk, account):
    organizations = Organizations()
    assert desk(organizations, "open", account, "--for", "1h", "--ticket", "SEC-1", "--yes").exit_code == 0
    assert "break-glass" in organizations.of(PAYMENTS)


@pytest.mark.parametrize(
    ("names", "account", "says"),
    [
        (None, "prod-paiments", "Do you mean prod-payments (777788889999)?"),
        (None, "prod", "No account is called prod."),
        (None, "", "No account is called"),
        (None, "123456789012", "not one of this organisation"),
        ({PAYMENTS: "prod", SANDBOX: "Prod"}, "prod", "2 accounts are called prod: name one by its id"),
    ],
)
def test_an_account_that_is_not_one_alone_is_refused(desk, names, account, says):
    organizations = Organizations(names)
    result = desk(organizations, "open", account, "--for", "1h", "--ticket", "SEC-1", "--yes")
    assert (result.exit_code, organizations.changed) == (2, [])
    assert says in result.stderr


class Postures:
    """What the daily look found, in the place of the hub's table."""

    def __init__(self, aliases, down=False):
        self.aliases, self.down = aliases, down

    def all(self):
        if self.down:
            raise StoreDownError("DynamoDB answered AccessDeniedException")
        now = datetime.now(UTC)
        return [
            Posture(account=account, since=now, alias=alias, gone=now if account == GONE else None)
            for account, alias in self.aliases.items()
        ]


@pytest.fixture
def by_alias(desk, monkeypatch):
    """``by_alias(name, aliases)``: a declaration with credentials of the hub account, which knows these aliases."""

    def run(asked, aliases, *, names=None, down=False):
        organizations = Organizations(names, account=HUB)
        monkeypatch.setattr(desk_module, "hub_postures", lambda aws, settings: Postures(aliases, down))
        result = desk(organizations, "open", asked, "--for", "1h", "--ticket", "SEC-1", "--yes")
        return result, [call[1]["ResourceId"] for call in organizations.changed]

    return run


@pytest.mark.parametrize("asked", ["example-pay", "Example-PAY", " example-pay "])
def test_an_account_is_named_by_its_alias_where_the_hub_s_table_can_be_read(by_alias, asked):
    result, changed = by_alias(asked, {PAYMENTS: "example-pay", SANDBOX: "", HUB: None})
    assert (result.exit_code, changed) == (0, [PAYMENTS]), result.output


@pytest.mark.parametrize(
    ("asked", "aliases", "says"),
    [
        ("sandbox-ana", {PAYMENTS: "sandbox-ana"}, "2 accounts are called sandbox-ana: name one by its id: "),
        ("twice", {PAYMENTS: "twice", SANDBOX: "twice"}, "2 accounts are called twice: name one by its id: "),
        ("free-again", {GONE: "free-again"}, "No account is called free-again."),
        ("", {PAYMENTS: "", SANDBOX: None}, "No account is called"),
    ],
)
def test_an_alias_that_is_not_one_account_s_alone_is_refused_in_one_sentence(by_alias, asked, aliases, says):
    result, changed = by_alias(asked, aliases)
    assert (result.exit_code, changed) == (2, [])
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_account_s_own_name_and_alias_are_no_two_accounts(by_alias):
    result, changed = by_alias("prod-payments", {PAYMENTS: "prod-payments"})
    assert (result.exit_code, changed) == (0, [PAYMENTS]), result.output


def test_a_table_that_does_not_answer_leaves_names_and_says_so_of_the_rest(by_alias):
    assert by_alias("prod-payments", {}, down=True)[1] == [PAYMENTS]
    result, _ = by_alias("example-pay", {}, down=True)
    assert (result.exit_code, "with credentials of the hub account" in result.stderr) == (2, True)


def test_credentials_that_know_no_alias_say_whose_do(desk):
    result = desk(Organizations(), "check", "example-pay")
    assert (result.exit_code, "with credentials of the hub account" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--for", "13h"], "longer than 12 hours"),
        (["--for", "0m"], "no length of time"),
        (["--for", "soon"], "no length of time"),
        (["--for", "2h", "--until", "2030-01-01T00:00Z"], "Say how long"),
        ([], "Say how long"),
        (["--until", "tomorrow"], "is no time"),
        (["--until", "2020-01-01T00:00Z"], "ended before it began"),
        (["--for", "2h", "--from", "2020-01-01T00:00Z"], "ended before it began"),
        (["--for", "2h", "--ticket", "SEC 142"], "ticket= must be one word"),
        (["--for", "2h", "--ticket", "SEC-142;"], "characters that tags don't allow"),
        (["--for", "2h", "--ticket", "$(id)"], "characters that tags don't allow"),
        (["--for", "2h", "--net", "office"], "net= can't be read"),
        (["--for", "2h", "--covers", "keys"], "covers= names something else"),
        (["--for", "2h", "--note", "until=2030-01-01"], "until= twice"),
        (["--for", "2h", "--note", "x" * 300], "a tag holds 256"),
    ],
)
def test_what_would_be_no_window_is_refused_before_any_call(desk, asked, says):
    organizations = Organizations()
    ticket = [] if "--ticket" in asked else ["--ticket", "SEC-142"]
    result = desk(organizations, "open", PAYMENTS, *asked, *ticket, "--yes")
    assert (result.exit_code, organizations.calls) == (2, [])
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_who_says_no_changes_nothing(desk):
    organizations = Organizations()
    result = desk(organizations, "open", PAYMENTS, "--for", "1h", "--ticket", "SEC-1", stdin="n\n")
    assert (result.exit_code, organizations.changed) == (1, [])


def test_a_dry_run_prints_the_command_alone_and_changes_nothing(desk):
    organizations = Organizations()
    asked = ["--for", "1h", "--ticket", "SEC-1", "--note", "it's @=file", "--dry-run", "--profile", "audit"]
    result = desk(organizations, "open", PAYMENTS, *[word.replace("'", "") for word in asked])
    assert (result.exit_code, organizations.changed) == (0, [])
    words = shlex.split(result.stdout)
    assert words[:6] == ["aws", "organizations", "tag-resource", "--resource-id", PAYMENTS, "--tags"]
    [tag] = json.loads(words[6])
    assert (tag["Key"], parse(PAYMENTS, tag["Value"]).ticket) == ("break-glass", "SEC-1")
    assert words[7:] == ["--profile", "audit"]
    assert "Declare a window" in result.stderr


@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_stands_in_a_value_it_stays_one_argument_of_the_command(value, profile):
    change = Change(account=Account(PAYMENTS, HOSTILE), keys=("break-glass",), value=value)
    line = command(change, profile or None)
    words = shlex.split(line)
    assert json.loads(words[6]) == [{"Key": "break-glass", "Value": value}]
    assert words[7:] == (["--profile", profile] if profile else [])
    assert "evil" not in line


@pytest.mark.parametrize(("account", "which"), [(MANAGEMENT, "management"), (HUB, "hub")])
def test_of_a_guarded_account_it_says_how_little_a_window_does(desk, account, which):
    result = desk(Organizations(), "open", account, "--for", "1h", "--ticket", "SEC-1", "--yes")
    assert f"This is the {which} account: its window lowers critical to high" in result.output


def test_a_window_that_is_open_already_is_said_to_be_replaced(desk):
    organizations = Organizations()
    desk(organizations, "open", PAYMENTS, "--for", "1h", "--ticket", "SEC-1", "--yes")
    result = desk(organizations, "open", PAYMENTS, "--for", "2h", "--ticket", "SEC-2", "--yes")
    assert "A window is open there until " in result.output
    assert "SEC-1: this one takes its place" in result.output


def test_a_tag_that_is_no_window_is_said_to_be_replaced(desk):
    organizations = Organizations()
    organizations.of(PAYMENTS)["break-glass"] = "until=tomorrow"
    result = desk(organizations, "open", PAYMENTS, "--for", "2h", "--ticket", "SEC-2", "--yes")
    assert "The tag that is there is no window" in result.output


def test_credentials_whose_tag_would_count_for_nothing_are_refused(desk):
    for who in (
        Organizations(account=PAYMENTS, arn=f"arn:aws:sts::{PAYMENTS}:assumed-role/Admin/eve"),
        Organizations(arn=f"arn:aws:iam::{MANAGEMENT}:root"),
    ):
        result = desk(who, "open", PAYMENTS, "--for", "1h", "--ticket", "SEC-1", "--yes")
        assert (result.exit_code, who.changed) == (2, [])
        assert "are not believed" in result.stderr or "root's own" in result.stderr


@pytest.mark.parametrize("right", ["DescribeAccount", "ListTagsForResource", "TagResource"])
def test_a_right_that_is_missing_is_named(desk, right):
    result = desk(Organizations(refuse=[right]), "open", PAYMENTS, "--for", "1h", "--ticket", "SEC-1", "--yes")
    assert result.exit_code == 2
    assert f"organizations:{right}" in result.stderr


def test_a_hostile_account_name_is_one_visible_line(desk):
    organizations = Organizations({PAYMENTS: HOSTILE})
    result = desk(organizations, "open", PAYMENTS, "--for", "1h", "--ticket", "SEC-1", "--dry-run")
    assert result.exit_code == 0
    assert not {"\u202e", "\x1b"} & set(result.output)
    assert len(result.stdout.splitlines()) == 1


@given(minutes=st.integers(1, 720), second=st.integers(0, 59), microsecond=st.integers(0, 999_999))
def test_any_length_up_to_twelve_hours_makes_a_window_at_any_moment(minutes, second, microsecond):
    now = NOON.replace(second=second, microsecond=microsecond)
    until = end_of(None, timedelta(minutes=minutes), now)
    assert until.second == 0
    assert now < until or minutes == 1
    assert until - now <= LONGEST
    assert abs(until - now - timedelta(minutes=minutes)) <= timedelta(minutes=1)


@pytest.mark.parametrize(("text", "minutes"), [("2h", 120), ("90m", 90), ("1h30m", 90), (" 2h ", 120)])
def test_lengths_are_read_as_people_write_them(text, minutes):
    assert span(text) == timedelta(minutes=minutes)
