"""The rest of the desk: approve, check, list, close, sweep."""

import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from rootwatch.core.ports import StoreDownError
from rootwatch.core.tags import Tagging, Tags
from rootwatch_cli.break_glass import desk as desk_module
from tests.unit.cli.break_glass.organizations import ANA, Organizations
from tests.unit.cli.doctoring.an_organisation import HUB, MANAGEMENT, PAYMENTS, SANDBOX

BEN = f"arn:aws:sts::{HUB}:assumed-role/SecurityEngineer/ben"
HOSTILE = "evil\u202e\n\x1b[31m=cmd"


def in_hours(hours):
    return datetime.now(UTC) + timedelta(hours=hours)


def value(hours=2, words="ticket=SEC-142"):
    return f"until={in_hours(hours):%Y-%m-%dT%H:%MZ} {words}"


class HubTable:
    """The hub's table, in the place of DynamoDB."""

    def __init__(self, *taggings, down=False):
        self.down = down
        self.known = {}
        for one in taggings:
            tags = self.known.get(one.account, Tags(account=one.account))
            self.known[one.account] = tags.with_more(one)

    def tags(self, account):
        if self.down:
            raise StoreDownError("DynamoDB answered AccessDeniedException")
        return self.known.get(account, Tags(account=account))

    def tags_of(self, accounts):
        return {account: self.tags(account) for account in accounts if self.down or account in self.known}


def tagging(text, hours=-1, *, account=PAYMENTS, by=ANA, purpose="window", proved=True):
    return Tagging(account=account, purpose=purpose, value=text, at=in_hours(hours), by=by, proved=proved)


@pytest.fixture
def at_the_hub(desk, monkeypatch):
    """``at_the_hub(organizations, table, …)``: with credentials of the hub account, which reach its table."""

    def run(organizations, table, *arguments, **more):
        organizations.who = type(organizations.who)(HUB, BEN)
        monkeypatch.setattr(desk_module, "hub_table", lambda aws, settings: table)
        return desk(organizations, *arguments, **more)

    return run


def tagged(account=PAYMENTS, names=None, **tags):
    organizations = Organizations(names)
    organizations.of(account).update({name.replace("_", "-"): text for name, text in tags.items()})
    return organizations


# approve


def test_a_ticket_is_approved_by_somebody_else(desk):
    organizations = tagged(break_glass=value(words="ticket=SEC-142 covers=mfa"))
    result = desk(organizations, "approve", PAYMENTS, "--ticket", "SEC-142", "--yes")
    assert result.exit_code == 0, result.output
    assert organizations.of(PAYMENTS)["break-glass-approval"] == "SEC-142"
    assert "It covers mfa." in result.output
    assert "if it was you, the approval counts for nothing" in result.output


def test_the_ticket_may_be_left_out(desk):
    organizations = tagged(break_glass=value(words="ticket=SEC-142 covers=mfa"))
    assert desk(organizations, "approve", "prod-payments", "--yes").exit_code == 0
    assert organizations.of(PAYMENTS)["break-glass-approval"] == "SEC-142"


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        (None, "no break-glass tag"),
        (value(words="ticket=SEC-141"), "names the ticket SEC-141, not SEC-142"),
        (value(words=""), "names no ticket"),
        (value(-2), "its window has ended"),
        ("until=tomorrow", "no until= that can be read"),
    ],
)
def test_an_approval_that_would_count_for_nothing_is_refused(desk, tag, says):
    organizations = tagged(**({"break_glass": tag} if tag else {}))
    result = desk(organizations, "approve", PAYMENTS, "--ticket", "SEC-142", "--yes")
    assert (result.exit_code, organizations.changed) == (2, [])
    assert says in result.stderr


def test_nobody_approves_their_own_where_the_hub_knows_who_declared(at_the_hub):
    text = value(words="ticket=SEC-142 covers=mfa")
    organizations = tagged(break_glass=text)
    result = at_the_hub(organizations, HubTable(tagging(text, by=BEN)), "approve", PAYMENTS, "--yes")
    assert (result.exit_code, organizations.changed) == (2, [])
    assert "ben declared this window" in result.stderr
    result = at_the_hub(organizations, HubTable(tagging(text, by=ANA)), "approve", PAYMENTS, "--yes")
    assert (result.exit_code, len(organizations.changed)) == (0, 1)
    assert "if it was you" not in result.output


def test_an_approval_that_changes_nothing_says_so(desk):
    result = desk(tagged(break_glass=value()), "approve", PAYMENTS, "--yes")
    assert "an approval changes nothing there" in result.output


# close


def test_a_window_is_closed_with_its_approval(desk):
    organizations = tagged(break_glass=value(), break_glass_approval="SEC-142")
    result = desk(organizations, "close", PAYMENTS, "--yes")
    assert (result.exit_code, organizations.of(PAYMENTS)) == (0, {})
    assert "End the window of prod-payments (777788889999) now" in result.output
    assert "Root use after that pages." in result.output


def test_what_is_not_there_can_t_be_closed(desk):
    result = desk(Organizations(), "close", PAYMENTS, "--yes")
    assert (result.exit_code, "nothing to close" in result.stderr) == (2, True)


def test_a_dry_run_of_a_close_prints_its_command(desk):
    organizations = tagged(break_glass=value(-1), break_glass_approval="SEC-142")
    result = desk(organizations, "close", PAYMENTS, "--dry-run")
    words = shlex.split(result.stdout)
    assert words[2:] == [
        "untag-resource",
        "--resource-id",
        PAYMENTS,
        "--tag-keys",
        "break-glass",
        "break-glass-approval",
    ]
    assert organizations.changed == []


# check


def covered(result):
    """What it says is covered and what not, and what becomes of each."""
    said, _, never = result.stdout.partition("Not covered:\n")
    return said.partition("Covered:\n")[2], never


def test_check_says_exactly_what_is_covered_and_what_is_not(desk):
    organizations = tagged(break_glass=value(words="ticket=SEC-142 covers=mfa"))
    result = desk(organizations, "check", PAYMENTS)
    assert result.exit_code == 0
    said, never = covered(result)
    assert "a sign-in with MFA; most calls, changing ones too: planned, low, told quietly" in said
    assert "a sign-in without MFA, or where that is unknown: planned, medium, told at once" in said
    for words in (
        "root's MFA devices: pages until somebody else has approved the ticket; nobody has approved SEC-142",
        "root's password: pages, since covers= does not name password",
        "from another network than the first use: pages",
        "root access keys, made or used: pages, since no window covers it",
        "root's e-mail address; leaving the organisation, closing the account: pages, since no window covers it",
    ):
        assert words in never


def test_check_of_an_approved_window_lists_what_the_approval_adds(at_the_hub):
    text = value(words="ticket=SEC-142 covers=mfa")
    table = HubTable(
        tagging(text),
        tagging("SEC-142", by=BEN, purpose="approval"),
        tagging("203.0.113.0/24", by="203.0.113.5", purpose="use", hours=-0.5),
    )
    result = at_the_hub(tagged(break_glass=text, break_glass_approval="SEC-142"), table, "check", PAYMENTS)
    said, never = covered(result)
    assert "root's MFA devices: planned, low, since covers= names it and SEC-142 is approved by" in said
    assert "from another network than 203.0.113.0/24: pages" in never
    assert "SecurityEngineer/ana at " in result.stdout


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([tagging("SEC-142", by=ANA, purpose="approval")], "who declared it approved it"),
        ([tagging("SEC-141", by=BEN, purpose="approval")], "what is approved is SEC-141, not SEC-142"),
        ([tagging("SEC-142", by=BEN, purpose="approval", proved=False)], "own record was not heard"),
        ([], "nobody has approved SEC-142"),
    ],
)
def test_check_says_why_an_approval_does_not_count(at_the_hub, more, says):
    text = value(words="ticket=SEC-142 covers=mfa")
    result = at_the_hub(tagged(break_glass=text), HubTable(tagging(text), *more), "check", PAYMENTS)
    assert says in covered(result)[1]


def test_check_of_a_guarded_account_promises_no_silence(desk):
    result = desk(tagged(MANAGEMENT, break_glass=value()), "check", MANAGEMENT)
    said, never = covered(result)
    assert said == ""
    assert "Covered: nothing." in result.stdout
    assert "pages, high at most" in never


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        (None, "no break-glass tag"),
        (value(-2), "the tag is still there"),
        ("until=tomorrow", "its tag is no window"),
        (value(14), "longer than 12 hours"),
    ],
)
def test_check_where_nothing_is_covered_says_why_and_ends_with_1(desk, tag, says):
    result = desk(tagged(**({"break_glass": tag} if tag else {})), "check", PAYMENTS)
    assert (result.exit_code, says in result.stdout) == (1, True)


def test_check_of_a_window_to_come_ends_with_1(desk):
    text = value(6, f"from={in_hours(3):%Y-%m-%dT%H:%MZ}")
    result = desk(tagged(break_glass=text), "check", PAYMENTS)
    assert (result.exit_code, "a window is to come" in result.stdout) == (1, True)


# list


def all_kinds():
    organizations = Organizations()
    organizations.of(PAYMENTS)["break-glass"] = value()
    organizations.of(SANDBOX)["break-glass"] = value(6, f"from={in_hours(3):%Y-%m-%dT%H:%MZ}")
    organizations.of(HUB)["break-glass"] = "until=tomorrow"
    organizations.of(MANAGEMENT)["break-glass"] = value(-48, "ticket=SEC-9")
    return organizations


def test_list_shows_open_to_come_malformed_and_expired_windows_with_why(desk):
    result = desk(all_kinds(), "list")
    assert result.exit_code == 0, result.output
    head, *lines = result.stdout.splitlines()
    assert head.startswith("STATE")
    assert [line[:9].strip() for line in lines] == ["open", "to come", "malformed", "expired"]
    assert "no until= that can be read" in lines[2]
    assert "From the tags themselves" in result.stderr


def test_list_for_programs_is_a_line_an_account(desk):
    rows = [json.loads(line) for line in desk(all_kinds(), "list", "--format", "jsonl").stdout.splitlines()]
    assert (rows[0]["account"], rows[0]["state"]) == (PAYMENTS, "open")
    assert rows[0]["declared_by"] is None
    assert rows[2]["why"].startswith("the tag has no until=")


def test_list_with_credentials_of_the_hub_asks_its_table_and_no_tag(at_the_hub):
    organizations = all_kinds()
    table = HubTable(tagging(value(), by=ANA), tagging(value(), account=SANDBOX, hours=-20))
    result = at_the_hub(organizations, table, "list")
    assert result.exit_code == 0, result.output
    assert "SecurityEngineer/ana" in result.stdout
    assert "ListTagsForResource" not in [name for name, _ in organizations.calls]
    assert [line[:9].strip() for line in result.stdout.splitlines()[1:]] == ["open", "malformed"]


def test_list_says_which_source_it_can_t_reach(desk, at_the_hub):
    result = desk(all_kinds(), "list", "--source", "table")
    assert (result.exit_code, "--source tags" in result.stderr) == (2, True)
    result = at_the_hub(all_kinds(), HubTable(down=True), "list")
    assert (result.exit_code, "dynamodb:BatchGetItem" in result.stderr) == (2, True)


def test_a_table_that_does_not_answer_does_not_stop_a_declaration(at_the_hub):
    organizations = Organizations()
    result = at_the_hub(
        organizations, HubTable(down=True), "open", PAYMENTS, "--for", "1h", "--ticket", "SEC-1", "--yes"
    )
    assert (result.exit_code, len(organizations.changed)) == (0, 1)


def test_more_than_24_hours_in_7_days_are_warned_of(at_the_hub):
    old = [tagging(value(-24 * day - 1), hours=-24 * day - 12) for day in (1, 2, 3)]
    result = at_the_hub(Organizations(), HubTable(*old), "open", PAYMENTS, "--for", "1h", "--ticket", "SEC-1", "--yes")
    assert "more than 24 hours in 7 days: that pages, as high" in result.output


def test_without_any_tag_the_list_says_so(desk):
    assert desk(Organizations(), "list").stdout == "No account has a break-glass tag.\n"


def test_hostile_names_and_values_are_visible_text_in_every_format(desk):
    organizations = tagged(names={PAYMENTS: HOSTILE, SANDBOX: HOSTILE}, break_glass=f"until=now {HOSTILE}")
    for arguments in (["list"], ["list", "--format", "jsonl"], ["check", PAYMENTS], ["close", PAYMENTS, "--dry-run"]):
        result = desk(organizations, *arguments)
        assert not {"\u202e", "\x1b"} & set(result.output)
        assert "\\u202e" not in result.output


# sweep


def test_sweep_shows_what_has_expired_and_removes_it_once_somebody_agrees(desk):
    organizations = all_kinds()
    organizations.of(MANAGEMENT)["break-glass-approval"] = "SEC-9"
    result = desk(organizations, "sweep", stdin="n\n")
    assert (result.exit_code, organizations.changed) == (1, [])
    assert "SEC-9" in result.output
    result = desk(organizations, "sweep", stdin="y\n")
    assert (result.exit_code, organizations.of(MANAGEMENT)) == (0, {})
    assert "1 removed." in result.output
    assert {account for account, tags in organizations.tags.items() if tags} == {PAYMENTS, SANDBOX, HUB}


def test_sweep_leaves_alone_what_was_declared_while_somebody_thought_about_it(desk, monkeypatch):
    organizations = all_kinds()

    def agree(*_, **__):
        organizations.of(MANAGEMENT)["break-glass"] = value()
        return True

    monkeypatch.setattr("click.confirm", agree)
    result = desk(organizations, "sweep")
    assert "changed meanwhile: left alone" in result.output
    assert "0 removed." in result.output
    assert organizations.changed == []


def test_sweep_believes_the_tag_and_not_a_table_that_is_behind(at_the_hub):
    organizations = tagged(break_glass=value())
    result = at_the_hub(organizations, HubTable(tagging(value(-3), hours=-5)), "sweep", "--yes")
    assert (result.stdout, organizations.changed) == ("No tag has expired.\n", [])


def test_a_dry_run_of_sweep_prints_a_command_an_account(desk):
    organizations = tagged(break_glass=value(-30))
    result = desk(organizations, "sweep", "--dry-run")
    assert result.stdout == "aws organizations untag-resource --resource-id 777788889999 --tag-keys break-glass\n"
    assert organizations.changed == []
