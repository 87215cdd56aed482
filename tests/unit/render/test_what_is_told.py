"""What the person on call can read off an alert, and which channel shows it how."""

import json
import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from rootwatch.core.fact import Fact
from rootwatch.core.notice import Notice
from rootwatch.render.facts import lines
from rootwatch.render.headline import headline
from rootwatch.render.mrkdwn import escape
from rootwatch.render.pagerduty import pagerduty
from rootwatch.render.slack import slack
from rootwatch.render.sns import sns
from rootwatch.render.story import story
from tests.support.records import ACCOUNT, settings
from tests.unit.render.samples import AT, CASES, SETTINGS, UNNAMED, assume_root, console, first, later, sign_in_body

RUNBOOK = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text("utf-8")


def everything(notice: Notice) -> str:
    """All that any channel says of it, but for the machine-readable document."""
    texts = json.loads(sns(notice, SETTINGS).message)
    return json.dumps(
        [
            msgspec.to_builtins(slack(notice, SETTINGS)),
            msgspec.to_builtins(pagerduty(notice, SETTINGS)),
            texts["email"],
            texts["sms"],
        ],
        ensure_ascii=False,
    )


def fact_of(notice: Notice, label: str) -> str:
    return {line.label: line.value for line in lines(notice, SETTINGS, 600)}[label]


def with_fact(notice: Notice, **changes: object) -> Notice:
    assert isinstance(notice.fact, Fact)
    return msgspec.structs.replace(notice, fact=msgspec.structs.replace(notice.fact, **changes))


# What is said


def test_the_headline_says_what_where_and_whence_within_80_characters():
    line = headline(CASES["sign-in-without-mfa"](), SETTINGS)
    assert line == "ROOT sign-in, no MFA · prod-payments (777788889999) · 203.0.113.5 NL · no window"
    assert len(line) <= 80


def test_a_headline_that_is_too_long_loses_region_window_country_and_address_and_never_the_accounts_id():
    notice = CASES["sign-in-without-mfa"]()
    assert headline(notice, SETTINGS, 79) == "ROOT sign-in, no MFA · prod-payments (777788889999) · 203.0.113.5 NL"
    assert headline(notice, SETTINGS, 67) == "ROOT sign-in, no MFA · prod-payments (777788889999) · 203.0.113.5"
    assert headline(notice, SETTINGS, 55) == "ROOT sign-in, no MFA · prod-payments (777788889999)"
    assert headline(notice, SETTINGS, 40) == "ROOT sign-in, no MFA · 777788889999"


@pytest.mark.parametrize("case", CASES)
def test_no_channel_forgets_a_fact(case):
    notice = CASES[case]()
    mail = " ".join(json.loads(sns(notice, SETTINGS).message)["email"].split())
    quiet = len(slack(notice, SETTINGS).blocks) == 1
    told = json.dumps(slack(notice, SETTINGS).blocks, ensure_ascii=False)
    details = {
        label: value
        for body in pagerduty(notice, SETTINGS).bodies
        for label, value in body.get("payload", {}).get("custom_details", {}).items()
    }
    for line in lines(notice, SETTINGS, 350):
        assert f"{line.label}: {line.value}" in mail
        assert quiet or json.dumps(escape(line.value), ensure_ascii=False)[1:-1] in told
        assert not details or details[line.label] == line.value


@pytest.mark.parametrize(
    ("case", "label", "says"),
    [
        ("sign-in-mfa-unknown", "MFA", "unknown: the record does not say"),
        ("unreadable", "MFA", "unknown: the record does not say"),
        ("unreadable", "Outcome", "unknown: the record can't be read"),
        ("without-time-and-address", "From", "unknown: the record names no address"),
        ("without-time-and-address", "When", "unknown: the record has no time; read at 2026-11-24 03:12:10 UTC"),
        (
            "account-name-unknown",
            "Account",
            "777788889999 (name unknown: Organizations did not answer (ThrottlingException))",
        ),
        ("account-name-unknown", "Owner", "unknown"),
        ("account-name-unknown", "OU path", "unknown"),
    ],
)
def test_what_is_not_known_is_said(case, label, says):
    assert fact_of(CASES[case](), label) == says


@pytest.mark.parametrize("kind", ["console-action", "api-call", "federated"])
def test_mfa_that_the_core_found_not_applicable_to_a_persons_call_is_told_as_unknown(kind):
    notice = with_fact(CASES["access-key-made"](), kind=kind, mfa="not-applicable")
    assert fact_of(notice, "MFA") == "unknown: the record does not say"


def test_a_failed_sign_in_is_never_told_as_a_sign_in_that_succeeded():
    notice = CASES["failed-sign-in"]()
    assert fact_of(notice, "Outcome") == "failed: Failed authentication"
    told = everything(notice).replace(notice.fact.do_now, "").replace("\\n", " ")
    assert "signed in" not in " ".join(told.split()).replace(notice.fact.do_now, "")
    assert "succe" not in told.lower()


def test_an_address_in_a_network_of_yours_is_called_by_its_name_and_loses_no_severity():
    notice = CASES["sign-in-from-office"]()
    assert fact_of(notice, "From") == (
        "198.51.100.7, office-berlin (198.51.100.0/24), DE (registry), seen with root since 2025-10-07"
    )
    assert headline(notice, SETTINGS, 120).endswith(" · 198.51.100.7 (office-berlin) · no window · us-east-1")
    assert notice.severity == "high"


def test_the_last_use_of_root_and_the_night_before_are_told_in_every_channel():
    notice = CASES["sign-in-restless-night"]()
    assert fact_of(notice, "Last root use") == "2026-03-02 14:05:11 UTC: signed in to the console with MFA"
    assert fact_of(notice, "From").endswith("NL (registry), never seen with root before")
    said = everything(notice).replace("\\n  ", " ")
    assert said.count("11-23 22:02 root asked for a recovery of the root password") == 3
    assert said.count("02:30 to 03:08 root failed to sign in to the console: wrong password or MFA code x7") == 3


def test_what_could_not_be_looked_up_is_not_told_as_never_seen():
    notice = msgspec.structs.replace(CASES["duplicates-possible"](), before=None)
    assert fact_of(notice, "Last root use") == "unknown: the table did not answer"
    assert "never seen" not in fact_of(notice, "From")


def test_an_escalation_tells_the_new_reasons_first_and_the_earlier_ones_as_such():
    opening = first(sign_in_body(AT, mfa="No"))
    notice = first(console("CreateAccessKey", later(4)), before=msgspec.structs.replace(opening.incident, version=1))
    assert story(notice, SETTINGS).why == (
        "root's own credentials, contacts or e-mail are touched",
        "nobody declared it (no break-glass window)",
        "before that: MFA was not used",
    )


def test_a_digest_counts_what_is_new():
    told = story(CASES["digest"](), SETTINGS).happened
    assert told.startswith("12 more since the last notice: called ListBuckets (read-only) x8, ")
    assert "signed in" not in told


def test_the_runbook_is_linked_in_every_channel_and_nowhere_if_there_is_none():
    notice = CASES["access-key-made"]()
    assert everything(notice).count("https://wiki.example.com/root") == 3
    assert story(notice, settings()).runbook is None
    assert "unbook" not in json.dumps(slack(notice, settings()).blocks)


def test_a_denied_call_is_told_as_denied():
    notice = CASES["denied-call"]()
    assert "tried to delete a CloudTrail trail and was denied" in story(notice, SETTINGS).happened
    assert fact_of(notice, "Outcome") == "failed: AccessDenied"


def test_an_alert_says_how_late_it_was_heard_beyond_a_minute():
    notice = CASES["sign-in-without-mfa"]()
    at = {"created_at": AT + timedelta(seconds=60)}
    assert fact_of(msgspec.structs.replace(notice, **at), "When") == "2026-11-24 03:12:07 UTC"
    assert fact_of(CASES["heard-late"](), "When") == "2026-11-24 03:12:07 UTC, heard 12 min later"
    days = msgspec.structs.replace(notice, created_at=AT + timedelta(days=3))
    assert fact_of(days, "When").endswith("heard 3 days later")


def test_an_alert_of_the_management_account_says_that_denying_root_by_scp_does_not_help_there():
    notice = CASES["management-account"]()
    assert "deny root by SCP" in notice.fact.do_now
    assert everything(notice).count("Service control policies do not reach the management account") == 3


def test_a_root_key_of_the_management_account_is_not_told_to_be_deleted_by_assume_root_alone():
    """AssumeRoot works on member accounts only."""
    notice = first(console("CreateAccessKey"), with_settings=settings(management_account=ACCOUNT))
    assert "AssumeRoot with IAMDeleteRootUserCredentials" in notice.fact.do_now
    assert "nor does AssumeRoot" in " ".join(story(notice, settings(management_account=ACCOUNT)).notes)


def test_use_of_a_session_that_root_issued_is_not_told_to_be_contained_by_denying_root_alone():
    identity = {"type": "FederatedUser", "accountId": ACCOUNT, "sessionContext": {"sessionIssuer": {"type": "Root"}}}
    notice = first(console("ListUsers", readOnly=True) | {"userIdentity": identity})
    assert notice.fact.kind == "federated"
    assert everything(notice).count("Denying root does not end this session") == 3


def test_the_management_account_and_the_hub_are_called_so():
    assert "management account org-management (111122223333)" in headline(CASES["management-account"](), SETTINGS)
    hub = first(sign_in_body(AT), with_settings=settings(hub_account=ACCOUNT))
    told = lines(hub, settings(hub_account=ACCOUNT), 600)[0]
    assert told.value == "prod-payments (777788889999), where rootwatch itself runs"


@pytest.mark.parametrize("case", ["privileged-task", "privileged-task-audit", "corrected"])
def test_a_privileged_task_names_who_called_assume_root_and_never_says_that_mfa_was_missing(case):
    notice = CASES[case]()
    assert "jane.doe" in headline(notice, SETTINGS)
    assert fact_of(notice, "AssumeRoot by") == "arn:aws:sts::111122223333:assumed-role/SecurityEngineer/jane.doe"
    told = everything(notice).lower()
    assert "no mfa" not in told
    assert "without mfa" not in told
    assert "mfa: no\n" not in told


def test_a_high_privileged_task_says_so_and_still_names_the_colleague():
    task = assume_root("IAMCreateRootUserPassword")
    notice = first(console("CreateLoginProfile", later(1)), task=task)
    assert notice.page
    assert slack(notice, SETTINGS).text.startswith("🟠 HIGH: Privileged task by jane.doe: ")


def test_an_escalation_says_what_is_new():
    assert headline(CASES["escalated"](), SETTINGS, 120).startswith(
        "ROOT now also: made a long-term access key for the root user · "
    )
    assert headline(CASES["escalated-second-network"](), SETTINGS, 120).startswith(
        "ROOT now: sign-ins came from more than one network · "
    )


def test_a_close_is_no_all_clear():
    told = story(CASES["closed"](), SETTINGS)
    assert "That is no all-clear" in told.happened
    assert "its PagerDuty alert stays open until somebody resolves it" in told.do_now


def test_a_close_says_when_the_page_has_stood_long_enough_though_more_came():
    notice = CASES["closed"]()
    went_on = msgspec.structs.replace(notice.incident, processed_at=notice.incident.paged_at + timedelta(hours=5.9))
    told = story(msgspec.structs.replace(notice, incident=went_on), SETTINGS)
    assert "because 6 h have passed since its last page; what comes from now on pages anew" in told.happened


def test_a_correction_of_a_part_is_no_all_clear_for_the_rest():
    notice = CASES["corrected-in-part"]()
    told = story(notice, SETTINGS)
    assert headline(notice, SETTINGS, 120).startswith("Corrected in part: a privileged task by jane.doe")
    assert told.happened.endswith("The rest stands as it was told.")
    assert told.do_now == "Go on with the rest: nothing explains that, and its page stands."
    assert "The rest stands" in everything(notice)


def test_a_correction_says_that_it_was_planned_by_which_window_and_that_its_page_stays_open():
    told = story(CASES["corrected-as-planned"](), SETTINGS)
    assert "was planned, inside a break-glass window until 2026-11-24 06:00Z, ticket SEC-142" in told.happened
    assert "stays open until somebody resolves it" in told.happened
    assert "colleague" not in told.do_now


def test_a_correction_says_which_alerts_are_resolved_and_which_stay_open():
    notice = CASES["corrected"]()
    assert story(notice, SETTINGS).happened.endswith("Its PagerDuty alerts are resolved.")
    paged = {**notice.incident.paged, "credentials": "high"}
    mixed = msgspec.structs.replace(notice, incident=msgspec.structs.replace(notice.incident, paged=paged))
    assert story(mixed, SETTINGS).happened.endswith(
        "Its PagerDuty alert for credentials stays open until somebody resolves it. "
        "Its other PagerDuty alerts are resolved."
    )


@pytest.mark.parametrize(("severity", "open_still"), [("medium", False), ("high", True)])
def test_the_close_of_a_task_that_paged_says_that_its_alert_is_open_and_of_one_that_was_resolved_nothing(
    severity, open_still
):
    notice = CASES["corrected"]()
    incident = msgspec.structs.replace(notice.incident, paged={"change": "high"}, harms={"change": severity})
    closed = msgspec.structs.replace(notice, type="closed", fact=None, resolves=(), incident=incident)
    do_now = story(closed, SETTINGS).do_now
    assert ("its PagerDuty alert stays open until somebody resolves it" in do_now) == open_still
    assert (do_now == "Nothing.") != open_still


def test_the_reasons_say_why_it_is_so_severe():
    assert story(CASES["sign-in-without-mfa"](), SETTINGS).why == (
        "MFA was not used",
        "nobody declared it (no break-glass window)",
    )
    assert "inside a break-glass window, but no window can cover this" in story(CASES["breakthrough"](), SETTINGS).why


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_the_link_leads_to_the_event_in_its_region_and_partition(region, host):
    notice = with_fact(CASES["access-key-made"](), region=region)
    link = f"https://{host}/cloudtrailv2/home?region={region}#/events/{notice.fact.event_id}"
    assert story(notice, SETTINGS).link == link
    assert everything(notice).count(link) == 3


@pytest.mark.parametrize("region", [None, "example.com/", "eu-central-1.example.com", "EU-CENTRAL-1", "a|b>"])
def test_a_region_that_is_none_makes_no_link_and_the_way_is_told_in_words(region):
    notice = with_fact(CASES["access-key-made"](), region=region)
    assert story(notice, SETTINGS).link is None
    assert "CloudTrail's event history of 777788889999, user name root" in story(notice, SETTINGS).look


@pytest.mark.parametrize("case", CASES)
def test_a_notice_names_the_section_of_the_runbook_that_goes_on_from_it(case):
    notice = CASES[case]()
    section = story(notice, SETTINGS).section
    assert re.search(rf"^##+ {re.escape(section)}$", RUNBOOK, re.MULTILINE)
    mail = json.loads(sns(notice, SETTINGS).message)["email"]
    assert f"Runbook, under {section}: {SETTINGS.runbook_url}" in mail


def test_duplicates_possible_is_said_in_every_channel():
    assert everything(CASES["duplicates-possible"]()).count("Duplicates possible") == 3


# Slack


def test_the_first_notice_stands_in_the_channel_and_all_others_in_its_thread():
    assert not slack(CASES["sign-in-without-mfa"](), SETTINGS).thread
    assert all(slack(CASES[case](), SETTINGS).thread for case in ("escalated", "digest", "closed", "corrected"))


def test_an_escalation_is_shown_in_the_channel_too_and_a_digest_is_not():
    assert slack(CASES["escalated"](), SETTINGS).broadcast
    assert not slack(CASES["digest"](), SETTINGS).broadcast
    assert not slack(CASES["sign-in-without-mfa"](), SETTINGS).broadcast


@pytest.mark.parametrize("case", ["planned", "privileged-task-audit", "closed"])
def test_what_pages_nobody_and_asks_nothing_is_one_quiet_line(case):
    [block] = slack(CASES[case](), SETTINGS).blocks
    assert block["type"] == "context"
    assert len(block["elements"]) == 1


def test_a_planned_use_names_its_window_and_ticket():
    [block] = slack(CASES["planned"](), SETTINGS).blocks
    assert "until 2026-11-24 06:00Z, ticket SEC-142" in block["elements"][0]["text"]


def test_a_page_is_never_quiet_even_in_an_incident_that_began_as_planned():
    notice = msgspec.structs.replace(CASES["sign-in-without-mfa"](), type="planned")
    blocks = slack(notice, SETTINGS).blocks
    assert blocks[0]["text"]["text"].startswith("🔴 CRITICAL: ROOT sign-in, no MFA")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> & <@U012AB3CD>", "&lt;!channel&gt; &amp; &lt;@U012AB3CD&gt;"),
        ("my_role_name and ARNs stay", "my_role_name and ARNs stay"),
        ("arn:aws:sts::777788889999:assumed-role/A_b/c", "arn:aws:sts::777788889999:assumed-role/A_b/c"),
        ("2001:db8::abcd:1", "2001:db8::abcd:1"),
        ("*bold* ~gone~", "∗bold∗ ∼gone∼"),  # noqa: RUF001 - the look-alikes are what is shown
        ("`code`", "'code'"),
        ("_it_", "ˍitˍ"),
        ("mail a@example.com, not @here", "mail a@example.com, not \N{FULLWIDTH COMMERCIAL AT}here"),
    ],
)
def test_marks_from_a_record_are_shown_and_not_obeyed(text, shown):
    assert escape(text) == shown


# PagerDuty


@pytest.mark.parametrize(("case", "severity"), [("sign-in-without-mfa", "critical"), ("sign-in-with-mfa", "error")])
def test_critical_and_high_trigger_as_critical_and_error(case, severity):
    notice = CASES[case]()
    events = pagerduty(notice, SETTINGS)
    [body] = events.bodies
    assert (events.path, body["event_action"], body["payload"]["severity"]) == ("enqueue", "trigger", severity)
    assert body["dedup_key"] == notice.page.dedup_key
    assert body["payload"]["source"] == ACCOUNT
    assert body["payload"]["timestamp"] == "2026-11-24T03:12:07+00:00"


def test_a_planned_use_is_a_change_event():
    events = pagerduty(CASES["planned"](), SETTINGS)
    assert events.path == "change/enqueue"
    assert [sorted(body) for body in events.bodies] == [["links", "payload"]]


def test_a_correction_resolves_every_key_of_the_incident():
    notice = msgspec.structs.replace(CASES["corrected"](), resolves=("a", "b"))
    assert pagerduty(notice, SETTINGS).bodies == [
        {"event_action": "resolve", "dedup_key": "a"},
        {"event_action": "resolve", "dedup_key": "b"},
    ]


def test_a_window_declared_after_the_page_acknowledges_it_and_resolves_nothing():
    notice = CASES["acknowledged"]()
    [body] = pagerduty(notice, SETTINGS).bodies
    assert body == {"event_action": "acknowledge", "dedup_key": notice.acknowledges[0]}
    assert "declared a break-glass window" in slack(notice, SETTINGS).blocks[0]["elements"][1]["text"]


def test_a_declaration_that_acknowledges_nothing_is_never_told_as_an_acknowledgement():
    notice = CASES["declared-too-late"]()
    assert headline(notice, SETTINGS).startswith("Window declared after ROOT ")
    assert "It acknowledges nothing" in slack(notice, SETTINGS).blocks[0]["elements"][1]["text"]


def test_a_key_that_is_too_long_for_pagerduty_is_the_same_in_trigger_and_resolve():
    key = "rootwatch/" + "x" * 300
    notice = CASES["sign-in-without-mfa"]()
    trigger = msgspec.structs.replace(notice, page=msgspec.structs.replace(notice.page, dedup_key=key))
    resolve = msgspec.structs.replace(CASES["corrected"](), resolves=(key,))
    [one], [other] = pagerduty(trigger, SETTINGS).bodies, pagerduty(resolve, SETTINGS).bodies
    assert one["dedup_key"] == other["dedup_key"]
    assert len(one["dedup_key"]) <= 255


# SNS


def test_a_filter_policy_can_look_at_the_attributes():
    notice = CASES["sign-in-without-mfa"]()
    assert sns(notice, SETTINGS).attributes == {
        "type": "opened",
        "severity": "critical",
        "verdict": "unplanned",
        "kind": "sign-in",
        "account_id": ACCOUNT,
        "incident": notice.incident.id,
    }


def test_machines_read_null_where_nothing_is_known():
    notice = first(sign_in_body(AT, mfa=None, sourceIPAddress=None), account=UNNAMED)
    document = json.loads(json.loads(sns(notice, SETTINGS).message)["sqs"])
    assert document["account"]["name"] is None
    assert document["account"]["unknown"] == "Organizations did not answer (ThrottlingException)"
    assert document["event"]["source_ip_address"] is None
    assert document["event"]["mfa"] == "unknown"


def test_an_email_has_short_lines_and_whole_words():
    mail = json.loads(sns(CASES["privileged-task"](), SETTINGS).message)["email"]
    assert all(len(line) <= 76 or max(map(len, line.split())) > 50 for line in mail.splitlines())
    assert "arn:aws:sts::111122223333:assumed-role/SecurityEngineer/jane.doe" in mail


def test_a_name_in_another_script_leaves_the_subject_readable():
    notice = CASES["sign-in-without-mfa"]()
    renamed = msgspec.structs.replace(
        notice, incident=msgspec.structs.replace(notice.incident, account_name="本番・Zürich")
    )
    assert sns(renamed, SETTINGS).subject.startswith("CRITICAL: ROOT sign-in, no MFA | Zurich (777788889999)")
