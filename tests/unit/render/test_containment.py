"""The commands in an alert: contain first, declare only what could be planned; nothing of a record is in them."""

import json
import shlex

import jmespath
import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from rootwatch.core.window import parse
from rootwatch.render.containment import QUARANTINE_POLICY, containment
from rootwatch.render.pagerduty import pagerduty
from rootwatch.render.slack import slack
from rootwatch.render.sns import sns
from rootwatch.render.story import story
from tests.support.records import ACCOUNT, settings
from tests.unit.render.hostile import NOTICES
from tests.unit.render.samples import CASES, SETTINGS, after_sign_in, console, first, later, sign_in_body


@pytest.mark.parametrize(
    "case", ["sign-in-without-mfa", "access-key-made", "long-term-key-used", "breakthrough", "escalated"]
)
def test_every_unplanned_page_has_the_command_that_contains_it_in_all_channels(case):
    notice = CASES[case]()
    contain = containment(notice, SETTINGS).contain
    assert contain.startswith(f"aws organizations attach-policy --target-id {ACCOUNT} --policy-id $(aws ")
    assert f"```{contain}```" in json.dumps(slack(notice, SETTINGS).blocks, ensure_ascii=False).replace('\\"', '"')
    assert pagerduty(notice, SETTINGS).bodies[0]["payload"]["custom_details"]["Contain"] == contain
    texts = json.loads(sns(notice, SETTINGS).message)
    assert f"\n{contain}\n" in texts["email"]
    assert json.loads(texts["https"])["contain"] == contain
    assert "It can't stop" in texts["email"]


@pytest.mark.parametrize(
    "case",
    ["planned", "privileged-task", "corrected", "digest", "closed", "guessing", "failed-sign-in", "management-account"],
)
def test_where_there_is_nothing_to_contain_or_no_way_no_command_is_shown(case):
    assert containment(CASES[case](), SETTINGS).contain == ""


def test_of_the_management_account_it_is_said_that_no_policy_reaches_it():
    notes = story(CASES["management-account"](), SETTINGS).notes
    assert any("do not reach the management account" in note for note in notes)


def test_the_command_looks_for_the_policy_by_its_name():
    words = shlex.split(containment(CASES["access-key-made"](), SETTINGS).contain)
    found = jmespath.search(
        words[words.index("--query") + 1],
        {"Policies": [{"Name": "FullAWSAccess", "Id": "p-FullAWSAccess"}, {"Name": QUARANTINE_POLICY, "Id": "p-1"}]},
    )
    assert found == ["p-1"]


def test_what_could_have_been_planned_can_be_declared_for_an_hour_with_the_ticket_left_blank():
    words = shlex.split(containment(CASES["sign-in-without-mfa"](), SETTINGS).declare)
    assert words[:5] == ["aws", "organizations", "tag-resource", "--resource-id", ACCOUNT]
    assert words[5:] == ["--tags", "Key=break-glass,Value=until=2026-11-24T04:12Z ticket="]
    window = parse(ACCOUNT, words[-1].partition("Value=")[2], set_at=later(1))
    assert window.until == later(60).replace(second=0)
    assert not window.ticket


@pytest.mark.parametrize("case", ["access-key-made", "long-term-key-used", "unreadable", "breakthrough", "escalated"])
def test_what_no_window_covers_can_not_be_declared(case):
    assert containment(CASES[case](), SETTINGS).declare == ""


def test_one_act_that_no_window_covers_takes_the_offer_away_from_all_that_follow():
    key = first(console("CreateAccessKey", later(1)), before=after_sign_in())
    assert key.incident.coverable is False
    later_one = first(sign_in_body(later(6), mfa="No"), before=msgspec.structs.replace(key.incident, version=2))
    assert later_one.page
    assert containment(later_one, SETTINGS).declare == ""


@pytest.mark.parametrize("guarded", ["management_account", "hub_account"])
def test_use_of_the_management_and_hub_accounts_can_not_be_declared_after_the_fact(guarded):
    notice = CASES["sign-in-without-mfa"]()
    assert containment(notice, settings(**{guarded: ACCOUNT})).declare == ""


def test_a_tag_key_of_your_own_is_in_the_command():
    notice = CASES["sign-in-without-mfa"]()
    words = shlex.split(containment(notice, settings(break_glass_tag="security/break glass")).declare)
    assert words[-1].startswith("Key=security/break glass,Value=until=")


@given(NOTICES)
@hypothesis_settings(max_examples=60, deadline=None)
def test_nothing_that_a_record_says_is_in_a_command(notice):
    commands = containment(notice, SETTINGS)
    for command in filter(None, (commands.contain, commands.declare)):
        words = shlex.split(command)
        assert words[:2] == ["aws", "organizations"]
        assert command.isascii()
        assert "\n" not in command
        assert words[words.index("--target-id" if "--target-id" in words else "--resource-id") + 1].isdigit()
