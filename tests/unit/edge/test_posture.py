"""A round over all accounts: every fault is found and none is made up, told once, in slices, whatever fails between."""

import random
from datetime import timedelta

import pytest

from rootwatch.core.ports import StoreDownError
from rootwatch.core.posture_digest import week
from rootwatch.core.words import pages
from tests.support.credentials import days_ago, error, row
from tests.support.posture import Looked
from tests.support.records import ACCOUNT, MANAGEMENT, NOON, OTHER, THIRD

LATER = NOON + timedelta(days=1)


def looked(*accounts, **changes):
    one = Looked(*(accounts or (ACCOUNT, OTHER, THIRD)), **changes)
    one.look()
    assert one.told() == []
    return one


# What is done to an account, and the rules that must fail because of it.
def _no_mfa(iam):
    iam.without_mfa()
    return {"root-mfa", "root-mfa-hardware"}


def _virtual(iam):
    iam.virtual = [{"SerialNumber": "arn:aws:iam::1:mfa/phone", "User": {"Arn": "arn:aws:iam::1:root"}}]
    return {"root-mfa-hardware"}


def _key(iam):
    iam.with_key(NOON - timedelta(days=400))
    return {"root-no-access-key"}


def _inactive_key(iam):
    iam.with_key(NOON - timedelta(days=400), access_key_1_active="false")
    return {"root-no-access-key"}


def _certificate(iam):
    iam.summary["AccountSigningCertificatesPresent"] = 1
    return {"root-no-certificate"}


def _used(iam):
    iam.rows[0]["password_last_used"] = days_ago(NOON, 3)
    return {"root-unused"}


def _no_contact(iam):
    iam.contact = False
    return {"security-contact"}


def _user_without_mfa(iam):
    iam.rows.append(row("ana", password_enabled="true", password_last_used=days_ago(NOON, 1)))
    return {"user-mfa"}


def _old_key(iam):
    made, used = days_ago(NOON, 200), days_ago(NOON, 1)
    iam.rows.append(row("ci", access_key_1_active="true", access_key_1_last_rotated=made,
                        access_key_1_last_used_date=used))  # fmt: skip
    return {"user-key-age"}


def _unused(iam):
    iam.rows.append(row("ben", access_key_1_active="true", access_key_1_last_rotated=days_ago(NOON, 60)))
    return {"user-unused"}


FAULTS = (
    _no_mfa,
    _virtual,
    _key,
    _inactive_key,
    _certificate,
    _used,
    _no_contact,
    _user_without_mfa,
    _old_key,
    _unused,
)


def test_of_two_hundred_accounts_each_fault_is_found_and_none_is_made_up():
    chance = random.Random(20261127)
    names = [f"{100000000000 + number * 7919:012d}" for number in range(200)]
    one = Looked(*names)
    expected = {}
    for name in names:
        faults = chance.sample(FAULTS, chance.choice([0, 0, 1, 2]))
        if _no_mfa in faults and _virtual in faults:
            faults.remove(_virtual)
        if _key in faults and _inactive_key in faults:
            faults.remove(_key)
        expected[name] = {"root-no-password"}.union(*(fault(one.abroad.iam[name]) for fault in faults))
    assert one.look() == {"looked": 201, "left": 0}
    failing = {name: {rule for rule, state in one.states(name).items() if state == "fails"} for name in names}
    assert failing == expected
    assert "unknown" not in {state for name in names for state in one.states(name).values()}
    assert len({fault for faults in expected.values() for fault in faults}) > 8


def test_what_was_so_at_the_first_look_is_told_by_the_digest_and_pages_nobody():
    one = Looked(ACCOUNT)
    one.abroad.iam[ACCOUNT].with_key(NOON).without_mfa()
    one.look()
    one.next_day()
    assert one.told() == []
    assert one.paged == []
    assert one.told("posture-digest") == [("opened", "medium", None)]


def test_a_root_key_that_appears_is_critical_once_and_its_end_is_told_once():
    one = looked()
    one.abroad.iam[ACCOUNT].with_key(LATER)
    for _ in range(3):
        one.next_day()
    assert one.told() == [("opened", "critical", ACCOUNT)]
    one.abroad.iam[ACCOUNT].without_key()
    for _ in range(3):
        one.next_day()
    assert one.told() == [("opened", "critical", ACCOUNT), ("closed", "", ACCOUNT)]
    assert one.paged == [ACCOUNT]


def test_a_key_that_appears_again_is_told_again():
    one = looked()
    iam = one.abroad.iam[ACCOUNT]
    for _ in range(2):
        iam.with_key(LATER)
        one.next_day()
        iam.with_key(LATER, access_key_1_active="false")
        one.next_day()
    assert [kind for kind, _, _ in one.told()] == ["opened", "closed", "opened", "closed"]


def test_mfa_that_disappears_is_critical_and_so_is_none_where_there_was_no_password():
    one = looked()
    one.abroad.iam[OTHER].summary["AccountPasswordPresent"] = 0
    one.abroad.iam[OTHER].without_mfa()
    one.next_day()
    assert one.told() == []
    assert one.states(OTHER)["root-mfa"] == "not-applicable"
    one.abroad.iam[ACCOUNT].without_mfa()
    one.abroad.iam[OTHER].summary["AccountPasswordPresent"] = 1
    one.next_day()
    one.next_day()
    assert sorted(one.told()) == sorted(("opened", "critical", account) for account in (ACCOUNT, OTHER))


def test_a_new_account_has_its_grace_and_is_then_told_as_high_once():
    one = looked()
    one.add("555566667777").without_mfa()
    for _ in range(7):
        one.next_day()
        assert one.told() == []
    for _ in range(5):
        one.next_day()
    assert one.told() == [("opened", "high", "555566667777")]
    one.abroad.iam["555566667777"].summary["AccountMFAEnabled"] = 1
    one.next_day()
    assert one.told()[1:] == [("closed", "", "555566667777")]


def test_a_key_of_a_new_account_s_root_is_news():
    one = looked()
    one.add("555566667777").with_key(LATER)
    one.next_day()
    assert one.told() == [("opened", "critical", "555566667777")]


def test_what_can_t_be_read_ends_nothing_and_begins_nothing():
    one = looked()
    one.abroad.iam[ACCOUNT].with_key(LATER)
    one.next_day()
    one.abroad.refused[ACCOUNT] = "AccessDenied"
    one.next_day()
    assert len(one.told()) == 1
    assert set(one.states(ACCOUNT).values()) - {"holds"} == {"unknown"}
    del one.abroad.refused[ACCOUNT]
    one.next_day()
    assert len(one.told()) == 1
    one.abroad.iam[ACCOUNT].without_key()
    one.next_day()
    assert [kind for kind, _, _ in one.told()] == ["opened", "closed"]


def test_in_govcloud_root_can_t_sign_in_and_is_asked_for_no_mfa():
    one = looked()
    iam = one.add("555566667777").without_mfa()
    iam.rows[0]["arn"] = "arn:aws-us-gov:iam::555566667777:root"
    for _ in range(9):
        one.next_day()
    assert one.told() == []
    assert one.states("555566667777")["root-mfa"] == "not-applicable"


def test_an_account_that_is_suspended_or_gone_ends_what_stood():
    one = looked()
    for account in (ACCOUNT, OTHER):
        one.abroad.iam[account].with_key(LATER)
    one.next_day()
    one.accounts[ACCOUNT] = "SUSPENDED"
    del one.accounts[OTHER]
    one.next_day()
    assert sorted(one.told()[2:]) == sorted(("closed", "", account) for account in (ACCOUNT, OTHER))


@pytest.mark.parametrize("part", ["summary", "report", "virtual", "contact", "features"])
def test_a_call_that_is_refused_leaves_its_part_unknown_and_no_rule_of_it_holds(part):
    one = Looked(ACCOUNT)
    for iam in one.abroad.iam.values():
        setattr(iam, part, error("AccessDenied"))
    one.look()
    states = one.states(ACCOUNT)
    parts = {
        "summary": {"root-no-certificate": "holds", "root-mfa": "holds", "root-no-access-key": "holds"},
        "report": {"user-mfa": "unknown", "root-unused": "unknown", "root-mfa": "holds", "root-no-access-key": "holds"},
        "virtual": {"root-mfa-hardware": "unknown", "root-mfa": "holds"},
        "contact": {"security-contact": "unknown", "root-mfa": "holds"},
        "features": {"central-root-access": "unknown", "root-mfa": "holds"},
    }
    assert {rule: states[rule] for rule in parts[part]} == parts[part]
    if "unknown" in parts[part].values():
        [said] = {one.verdicts(ACCOUNT)[rule].says for rule, state in parts[part].items() if state == "unknown"}
        assert said == "AccessDenied"


def test_root_access_that_was_never_centralised_is_known_to_be_off():
    one = Looked(ACCOUNT)
    # What IAM answers until it has trusted access to the organisation.
    one.abroad.iam[MANAGEMENT].features = error("ServiceAccessNotEnabledException")
    one.look()
    verdict = one.verdicts(ACCOUNT)["central-root-access"]
    assert (verdict.state, verdict.says) == ("fails", "off: root credentials management and root sessions")


def test_the_alias_is_kept_and_what_can_t_be_read_does_not_forget_it():
    one = Looked(ACCOUNT)
    iam = one.abroad.iam[ACCOUNT]
    seen = []
    for aliases in (["example-payments"], error("AccessDenied"), ["example-paid"], []):
        iam.aliases = aliases
        one.next_day()
        seen.append(one.table.stored[ACCOUNT].alias)
    assert seen == ["example-payments", "example-payments", "example-paid", ""]
    assert one.table.stored[MANAGEMENT].alias == ""


def test_a_report_that_is_being_made_is_waited_for_and_one_that_never_comes_is_unknown():
    one = Looked(ACCOUNT)
    one.abroad.iam[ACCOUNT].not_ready = 3
    one.abroad.iam[MANAGEMENT].not_ready = 99
    one.look()
    assert one.states(ACCOUNT)["user-mfa"] == "holds"
    assert one.verdicts(MANAGEMENT)["user-mfa"].says == "ReportInProgress"
    assert sum(one.waits) < 60


def test_a_key_that_the_summary_knows_and_the_report_does_not_yet_fails_and_is_told_with_the_next_report():
    one = looked()
    one.abroad.iam[ACCOUNT].summary["AccountAccessKeysPresent"] = 1
    one.next_day()
    assert one.states(ACCOUNT)["root-no-access-key"] == "fails"
    assert one.told() == []
    one.abroad.iam[ACCOUNT].with_key(LATER)
    one.next_day()
    assert one.told() == [("opened", "critical", ACCOUNT)]


def test_a_round_goes_on_where_the_last_run_had_no_more_time_and_comes_by_each_account_once():
    names = [f"{100000000000 + number:012d}" for number in range(50)]
    one = Looked(*names)
    counts = [one.look(most=20) for _ in range(3)]
    assert [count["left"] for count in counts] == [31, 11, 0]
    assert sorted(one.abroad.entered) == sorted([*names, MANAGEMENT, MANAGEMENT])  # the second for the features
    assert one.abroad.entered[0] == MANAGEMENT
    assert one.look() == {"looked": 0, "left": 0}
    assert one.told("posture-digest") == [("opened", "low", None)]


def test_the_digest_comes_once_a_week():
    one = looked()
    for _ in range(20):
        one.next_day()
    weeks = {week(NOON + timedelta(days=day)) for day in range(21)}
    assert len(one.told("posture-digest")) == len(weeks)
    assert one.paged == []


def test_an_account_in_which_everything_breaks_stops_no_other_and_is_unknown():
    one = Looked(ACCOUNT, OTHER)
    one.abroad.iam[ACCOUNT].summary = RuntimeError("a fault of ours")
    assert one.look() == {"looked": 3, "left": 0}
    assert one.states(OTHER)["root-mfa"] == "holds"
    assert "a fault of rootwatch's own" in one.verdicts(ACCOUNT)["root-mfa"].says
    assert "could not be looked at" in one.log.getvalue()


def test_a_table_that_goes_down_at_any_put_makes_nothing_be_told_twice_or_never():
    for number in range(1, 12):
        one = looked()
        for account in (ACCOUNT, OTHER):
            one.abroad.iam[account].with_key(LATER).without_mfa()
        one.now += timedelta(days=1)
        one.table.kept, one.table.fails_at = 0, number
        for _ in range(3):
            try:
                one.look()
            except StoreDownError:
                continue
        told = one.told()
        assert sorted(told) == sorted([("opened", "critical", ACCOUNT), ("opened", "critical", OTHER)] * 2)
        assert len(one.paged) == 4


def test_a_table_that_is_down_makes_the_run_fail_and_the_next_one_do_it():
    one = Looked(ACCOUNT)
    one.table.down = True
    with pytest.raises(StoreDownError):
        one.look()
    one.table.down = False
    assert one.look()["looked"] == 2


class Root:
    """Root of an account by AssumeRoot: IAM without user names."""

    def __call__(self, service):
        assert service == "iam"
        return self

    def list_mfa_devices(self):
        return {"MFADevices": [{"SerialNumber": "arn:aws:iam::777788889999:mfa/phone"}, {"SerialNumber": "GAHT12345"}]}

    def list_access_keys(self):
        key = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active", "CreateDate": NOON - timedelta(days=9)}
        return {"AccessKeyMetadata": [key]}

    def get_access_key_last_used(self, AccessKeyId):  # noqa: N803 # as boto3 spells it
        return {"AccessKeyLastUsed": {"LastUsedDate": NOON - timedelta(days=2)}}

    def list_signing_certificates(self):
        return {"Certificates": []}

    def get_login_profile(self):
        raise error("NoSuchEntity")


def test_an_account_without_our_role_is_looked_at_as_root_once_a_week_if_the_settings_say_so():
    one = Looked(ACCOUNT, root_access_administrators=["444455556666"], posture={"assume_root": True})
    one.abroad.refused[ACCOUNT] = "AccessDenied"
    one.abroad.as_root[ACCOUNT] = Root()
    one.look()
    states = one.states(ACCOUNT)
    assert (states["root-no-access-key"], states["root-mfa"], states["user-mfa"]) == (
        "fails",
        "not-applicable",
        "unknown",
    )
    assert one.table.stored[ACCOUNT].root.devices == 2
    for _ in range(6):
        one.next_day()
    assert one.abroad.roots == [ACCOUNT]
    assert one.states(ACCOUNT)["root-no-access-key"] == "fails"
    one.next_day()
    assert one.abroad.roots == [ACCOUNT, ACCOUNT]


def test_nobody_is_looked_at_as_root_unless_the_settings_say_so_and_never_the_management_account():
    one = Looked(ACCOUNT)
    one.abroad.refused = {ACCOUNT: "AccessDenied"}
    one.look()
    assert one.abroad.roots == []
    other = Looked(root_access_administrators=["444455556666"], posture={"assume_root": True})
    other.abroad.refused = {MANAGEMENT: "AccessDenied"}
    other.look()
    assert other.abroad.roots == []


def test_all_that_is_not_drift_of_root_pages_nobody():
    one = looked()
    for fault in (_virtual, _certificate, _used, _no_contact, _user_without_mfa, _old_key, _unused):
        fault(one.abroad.iam[ACCOUNT])
    for _ in range(9):
        one.next_day()
    assert not any(pages(severity) for _, severity, _ in one.told("posture-digest") if severity)
    assert one.paged == []
