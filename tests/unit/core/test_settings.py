"""Every kind of bad setting gets one sentence that names the key and says what to write."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import SettingsError, describe, from_json, parse

GOOD: dict[str, Any] = {
    "organization_id": "o-exampleorgid",
    "management_account": "111122223333",
    "hub_account": "444455556666",
    "hub_region": "us-east-1",
    "organizational_units": ["r-a1b2"],
    "regions": ["us-east-1", "eu-central-1", "us-gov-west-1", "ap-southeast-2", "eusc-de-east-1"],
}
FULL: dict[str, Any] = GOOD | {
    "organizational_units": ["r-a1b2", "ou-a1b2-12345678"],
    "root_access_administrators": ["777788889999"],
    "slack": {"secret": "rootwatch/slack", "channel": "C0123456789", "api_url": "http://127.0.0.1:8080/api/"},
    "pagerduty": {"secret": "rootwatch/pagerduty", "service_region": "eu", "events_url": "http://localhost:8081/v2/"},
    "emails": ["security@example.com"],
    "break_glass_tag": "security/break glass",
    "owner_tag": "team",
    "incident_gap_minutes": 60,
    "digest_minutes": 5,
    "log_retention_days": 731,
}
NO_NETWORK = (
    "rootwatch.networks[0].cidr is not a network: write one such as 203.0.113.0/24, with no bits set behind its length."
)
TRAIL: dict[str, Any] = {"trail": {"create": True}}
ODD = [None, True, 5, -1, 1.5, "", " ", "x", "\n", [], ["x"], [None], {}, {"x": 1}, 10**30]


def refusal(obj: object) -> str:
    with pytest.raises(SettingsError) as caught:
        parse(obj)
    return str(caught.value)


@pytest.mark.parametrize(
    "obj",
    [GOOD, FULL, GOOD | {"slack": {"secret": "hook"}}, GOOD | {"slack": None, "pagerduty": None, "emails": []}],
    ids=["least", "full", "a webhook has no channel", "null"],
)
def test_what_is_written_out_is_read_back_equal(obj):
    settings = parse(obj)
    assert from_json(settings.to_json()) == settings
    assert from_json(settings.to_json()).to_json() == settings.to_json()


def test_the_settings_in_cdk_json_are_good():
    file = Path(__file__).parents[3] / "cdk.json"
    parse(json.loads(file.read_text("utf-8"))["context"]["rootwatch"])


@pytest.mark.parametrize(
    ("key", "value", "write"),
    [
        ("organization_id", "exampleorgid", "the organisation's id such as o-exampleorgid"),
        ("organization_id", "o-Example0000", "the organisation's id such as o-exampleorgid"),
        ("organization_id", "o-exampleorgid\n", "the organisation's id such as o-exampleorgid"),
        ("management_account", 111122223333, "an account id of 12 digits in quotes"),
        ("management_account", "11112222333", "an account id of 12 digits in quotes"),
        ("hub_account", "1111-2222-3333", "an account id of 12 digits in quotes"),
        ("hub_account", "١١١١٢٢٢٢٣٣٣٣", "an account id of 12 digits in quotes"),
        ("hub_account", "444455556666\n", "an account id of 12 digits in quotes"),
        ("hub_region", "Frankfurt", "a Region such as eu-central-1"),
        ("hub_region", "eu-central-1a", "a Region such as eu-central-1"),
        ("organizational_units", "r-a1b2", "a list of at least one root or organisational unit id"),
        ("organizational_units", [], "a list of at least one root or organisational unit id"),
        ("organizational_units", ["a1b2"], "a list of at least one root or organisational unit id"),
        ("regions", [], "a list of every Region that is enabled in your accounts"),
        ("regions", ["us-east-1", "mars"], "a list of every Region that is enabled in your accounts"),
        ("root_access_administrators", ["x"], "a list of accounts besides the management account"),
        ("slack", "rootwatch/slack", "an object with secret, channel, api_url"),
        ("slack.secret", "has spaces", "the name of a Secrets Manager secret"),
        ("slack.channel", "", "a channel id such as C0123456789"),
        ("slack.api_url", "https://slack.com/api", "an https address that ends in a slash"),
        ("slack.api_url", "http://slack.com/api/", "an https address that ends in a slash"),
        ("slack.api_url", "http://localhost.example.com/", "an https address that ends in a slash"),
        ("slack.api_url", "https://slack.com/api/\n", "an https address that ends in a slash"),
        ("slack.api_url", "https:///", "an https address that ends in a slash"),
        ("pagerduty.secret", "", "the name of a Secrets Manager secret"),
        ("pagerduty.service_region", "de", '"us" or "eu"'),
        ("pagerduty.events_url", "ftp://example.com/", "an https address that ends in a slash"),
        ("pagerduty.events_url", "http://example.com/v2/", "an https address that ends in a slash"),
        ("emails", "security@example.com", "a list of e-mail addresses"),
        ("emails", ["security"], "a list of e-mail addresses"),
        ("break_glass_tag", "", "the key of the tag on an account that declares a break-glass window"),
        ("break_glass_tag", "break;glass", "the key of the tag on an account that declares a break-glass window"),
        ("approval_tag", "approved\n", "the key of the tag on an account with which somebody else approves"),
        ("owner_tag", "x" * 129, "the key of the tag on an account that names its owner"),
        ("runbook_url", "http://wiki.example.com/root", "the https address of your runbook"),
        ("runbook_url", "https://wiki.example.com/a|b", "the https address of your runbook"),
        ("runbook_url", "https://", "the https address of your runbook"),
        ("incident_gap_minutes", "30", "whole minutes, 5 to 1440"),
        ("incident_gap_minutes", 4, "whole minutes, 5 to 1440"),
        ("digest_minutes", 0, "whole minutes, 1 to 1440"),
        ("digest_minutes", True, "whole minutes, 1 to 1440"),
        ("log_retention_days", 14, "30, 60, 90, 180, 365, 400 or 731"),
    ],
)
def test_a_bad_value_is_refused_in_a_sentence_that_says_what_to_write(key, value, write):
    section, _, name = key.rpartition(".")
    obj = FULL | ({section: FULL[section] | {name: value}} if section else {name: value})
    said = refusal(obj)
    assert said.startswith(f"rootwatch.{key} is not valid: write {write}")
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("key", [*GOOD, "slack.secret", "pagerduty.secret"])
def test_a_missing_key_is_named_with_what_to_write_there(key):
    section, _, name = key.rpartition(".")
    whole = FULL[section] if section else FULL
    rest = {other: value for other, value in whole.items() if other != name}
    said = refusal(FULL | {section: rest} if section else rest)
    assert said == f"rootwatch.{key} is missing: write {describe(f'rootwatch.{key}')}."


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (
            {"name": "office", "cidr": "203.0.113.5/24"},
            NO_NETWORK,
        ),
        (
            {"name": "office", "cidr": "Berlin"},
            NO_NETWORK,
        ),
        (
            {"name": "", "cidr": "203.0.113.0/24"},
            "rootwatch.networks.name is not valid: write a short name such as office-berlin.",
        ),
        (
            {"name": "a|b", "cidr": "203.0.113.0/24"},
            "rootwatch.networks.name is not valid: write a short name such as office-berlin.",
        ),
        ({"name": "office"}, "rootwatch.networks.cidr is missing: write a network such as 203.0.113.0/24."),
        (
            {"name": "office", "net": "203.0.113.0/24"},
            "rootwatch.networks.net is not a setting: write one of name, cidr.",
        ),
    ],
)
def test_a_network_that_is_none_is_refused_in_a_sentence(network, said):
    assert refusal(GOOD | {"networks": [network]}) == said


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("slak", "slack"),
        ("slack.chanel", "channel"),
        ("Regions", "regions"),
        ("organisational_units", "organizational_units"),
    ],
)
def test_a_slip_of_the_finger_is_told_what_was_meant(key, meant):
    section, _, name = key.rpartition(".")
    said = refusal(FULL | ({section: FULL[section] | {name: 1}} if section else {name: 1}))
    assert said == f"rootwatch.{key} is not a setting: write {meant}."


@pytest.mark.parametrize("key", ["eventVersion", "slack.token", "pagerduty.key", ""])
def test_an_unknown_key_is_named_with_those_that_there_are(key):
    section, _, name = key.rpartition(".")
    said = refusal(FULL | ({section: FULL[section] | {name: 1}} if section else {name: 1}))
    assert said.startswith(f"rootwatch.{key} is not a setting: write one of ")
    assert "secret" in said or "organization_id" in said


def test_the_hubs_region_must_be_among_the_regions():
    said = refusal(GOOD | {"hub_region": "eu-west-1"})
    assert said == "rootwatch.hub_region is not among rootwatch.regions: add it there."


def test_a_tag_that_declares_cannot_approve_too():
    said = refusal(GOOD | {"approval_tag": "break-glass"})
    assert said.startswith("rootwatch.approval_tag is the same as rootwatch.break_glass_tag: write another key")


@pytest.mark.parametrize("obj", [None, [], "x", 5, [GOOD]])
def test_what_is_not_an_object_is_refused(obj):
    assert "one JSON object" in refusal(obj)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"nope", b"[" * 100_000])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(SettingsError, match="not JSON"):
        from_json(text)


@pytest.mark.parametrize("key", Settings.__struct_fields__)
def test_any_odd_value_at_any_key_is_taken_or_refused_by_name(key):
    for value in ODD:
        said = None
        try:
            parse(FULL | {key: value})
        except SettingsError as error:
            said = str(error)
        assert said is None or (said.startswith(f"rootwatch.{key}") and "write" in said), (value, said)


@given(st.recursive(st.sampled_from(ODD[:11]), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_but_a_settings_error_is_raised(obj):
    with pytest.raises(SettingsError):
        parse(obj)


def test_every_setting_says_what_to_write():
    for name in Settings.__struct_fields__:
        assert describe(f"rootwatch.{name}") != "a value of the right type", name


def test_durations_are_not_read_from_texts_or_fractions():
    for value in ("30", 30.5, None, [30]):
        assert "whole minutes" in refusal(GOOD | {"digest_minutes": value})


def test_pagerduty_has_its_own_address_in_each_service_region():
    for region, url in (("us", "https://events.pagerduty.com/v2/"), ("eu", "https://events.eu.pagerduty.com/v2/")):
        settings = parse(GOOD | {"pagerduty": {"secret": "x", "service_region": region}})
        assert settings.pagerduty is not None
        assert settings.pagerduty.url == url


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("203.0.113.5", "office-berlin"),
        ("203.0.113.200", "office-berlin-guests"),
        ("203.0.113.5, 203.0.113.6", "office-berlin"),
        ("203.0.113.5, 198.51.100.7", None),
        ("::ffff:203.0.113.5", "office-berlin"),
        ("2001:db8::1", "vpn"),
        ("198.51.100.7", None),
        ("cloudformation.amazonaws.com", None),
        (None, None),
    ],
)
def test_an_address_belongs_to_the_narrowest_known_network_that_holds_all_of_it(address, name):
    networks = [
        {"name": "office-berlin", "cidr": "203.0.113.0/24"},
        {"name": "office-berlin-guests", "cidr": "203.0.113.128/25"},
        {"name": "vpn", "cidr": "2001:db8::/48"},
    ]
    found = parse(GOOD | {"networks": networks}).network_of(address)
    assert (found.name if found else None) == name


def test_who_is_believed_follows_from_the_accounts():
    settings = parse(FULL)
    assert settings.may_assume_root == {"111122223333", "777788889999"}
    assert settings.may_tag == {"111122223333", "444455556666", "777788889999"}
    assert settings.guarded_accounts == {"111122223333", "444455556666"}
    assert settings.channels == ("pagerduty", "sns", "slack")
    assert parse(GOOD).channels == ("sns",)


@pytest.mark.parametrize("days", [0, 90, 3650])
def test_the_ledger_is_kept_for_ever_or_for_so_many_days(days: int) -> None:
    assert parse(GOOD).record_retention_days == 0
    assert parse(GOOD | {"record_retention_days": days}).record_retention_days == days


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (89, "rootwatch.record_retention_days is too short: write 90 or more, or 0 for ever."),
        (-1, "rootwatch.record_retention_days is not valid: write whole days, 90 to 3650, or 0 for ever"),
        (3651, "rootwatch.record_retention_days is not valid"),
        (365.5, "rootwatch.record_retention_days is not valid"),
    ],
)
def test_a_ledger_that_is_gone_before_the_quarter_is_over_is_refused(days: float, words: str) -> None:
    assert words in refusal(GOOD | {"record_retention_days": days})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"coverage": {"backstop_only": ["sa-east-1"]}, **TRAIL}, "names sa-east-1, not in rootwatch.regions"),
        ({"coverage": {"backstop_only": ["eu-central-1"]}}, "needs rootwatch.trail"),
        ({"coverage": {"late_minutes": 30}}, "must be less than blind_minutes"),
        ({"coverage": {"late_minutes": 1}}, "coverage.late_minutes is not valid: write whole minutes, 2 to 60"),
        ({"coverage": {"late": 1}}, "rootwatch.coverage.late is not a setting"),
        ({"heartbeat": {}}, "rootwatch.heartbeat.secret is missing"),
        ({"heartbeat": {"secret": "a", "url": "https://example.com"}}, "rootwatch.heartbeat.url is not a setting"),
    ],
)
def test_what_coverage_and_the_heartbeat_cannot_mean_is_one_sentence(changes: dict[str, Any], words: str) -> None:
    assert words in refusal(GOOD | changes)
