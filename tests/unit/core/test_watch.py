"""Watch events: who is told of, who is believed, and what folds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.journal import Journal
from tests.support.records import (
    ACCOUNT,
    ANA,
    HUB,
    MANAGEMENT,
    OTHER,
    SESSION_KEY,
    after,
    assume_root,
    call,
    tag,
)
from tests.support.watch import by, by_stack_sets, delete_rule, done, in_organizations, service_event, stop_logging

DENIED = {"errorCode": "AccessDenied"}


def taken(*records):
    journal = Journal()
    for minute, record in enumerate(records):
        journal.take(record, after(minute))
    return journal


def only(record):
    """The plan, the fact and the notice of a watch event."""
    journal = Journal()
    plan = journal.take(record)
    assert plan.disposition == "watch"
    [one] = plan.notices
    return plan, plan.fact, one


def ignored(record):
    plan = Journal().take(record)
    return plan.disposition == "ignored" and not plan.notices and plan.incident is None


# (record, kind, severity, the account concerned, words of the title)
TOLD = [
    (assume_root(caller=MANAGEMENT, **DENIED), "assume-root-refused", "medium", ACCOUNT, "ana tried to act as root of"),
    (
        assume_root(caller=OTHER, by=f"arn:aws:sts::{OTHER}:assumed-role/Dev/eve", **DENIED),
        "assume-root-refused",
        "medium",
        OTHER,
        f"eve tried to act as root of {ACCOUNT} by AssumeRoot and was denied",
    ),
    (
        done("EnableOrganizationsRootSessions", "iam", account=MANAGEMENT, who=ANA),
        "root-access-switched",
        "high",
        MANAGEMENT,
        "ana switched on root sessions",
    ),
    (
        done("DisableOrganizationsRootCredentialsManagement", "iam", account=MANAGEMENT, who=ANA),
        "root-access-switched",
        "medium",
        MANAGEMENT,
        "ana switched off",
    ),
    (
        in_organizations(
            "RegisterDelegatedAdministrator", parameters={"accountId": OTHER, "servicePrincipal": "iam.amazonaws.com"}
        ),
        "root-access-delegated",
        "high",
        OTHER,
        "ana made the account IAM's delegated administrator",
    ),
    (
        in_organizations(
            "DeregisterDelegatedAdministrator", parameters={"accountId": OTHER, "servicePrincipal": "iam.amazonaws.com"}
        ),
        "root-access-delegated",
        "medium",
        OTHER,
        "ana took from the account",
    ),
    (
        done("StartPrimaryEmailUpdate", "account", account=MANAGEMENT, who=ANA, parameters={"accountId": ACCOUNT}),
        "root-email-changed",
        "high",
        ACCOUNT,
        "ana began to change root's e-mail address",
    ),
    (
        done("AcceptPrimaryEmailUpdate", "account", account=HUB, who=ANA, parameters={"accountId": ACCOUNT}),
        "root-email-changed",
        "critical",
        ACCOUNT,
        "ana changed root's e-mail address",
    ),
    (
        in_organizations("CloseAccount", parameters={"accountId": ACCOUNT}),
        "account-closed",
        "critical",
        ACCOUNT,
        "ana closed the account",
    ),
    (
        service_event("CloseAccountResult", {"closeAccountStatus": {"accountId": ACCOUNT, "state": "SUCCEEDED"}}),
        "account-closed",
        "critical",
        ACCOUNT,
        "AWS Organizations finished closing the account",
    ),
    (
        in_organizations("CreateAccount", parameters={"accountName": "sandbox-ben"}),
        "account-joined",
        "low",
        MANAGEMENT,
        "ana asked for a new account, sandbox-ben",
    ),
    (
        service_event("CreateAccountResult", {"createAccountStatus": {"accountId": ACCOUNT, "state": "SUCCEEDED"}}),
        "account-joined",
        "low",
        ACCOUNT,
        "AWS Organizations made the account",
    ),
    (
        service_event("AccountJoinedOrganization", {"accountId": ACCOUNT, "joinedMethod": "INVITED"}),
        "account-joined",
        "low",
        ACCOUNT,
        "AWS Organizations reports that the account joined",
    ),
    (
        in_organizations("MoveAccount", parameters={"accountId": ACCOUNT, "destinationParentId": "ou-abcd-12345678"}),
        "account-moved",
        "medium",
        ACCOUNT,
        "ana moved the account",
    ),
    (done("LeaveOrganization", "organizations"), "account-left", "critical", ACCOUNT, "eve took the account out"),
    (
        in_organizations("RemoveAccountFromOrganization", parameters={"accountId": ACCOUNT}),
        "account-removed",
        "critical",
        ACCOUNT,
        "ana removed the account",
    ),
    (
        service_event("AccountDepartedOrganization", {"accountId": ACCOUNT, "departureMethod": "LEFT"}),
        "account-left",
        "critical",
        ACCOUNT,
        "AWS Organizations reports that the account is no longer",
    ),
    (
        in_organizations("DeleteOrganization"),
        "organisation-deleted",
        "critical",
        MANAGEMENT,
        "ana deleted the organisation",
    ),
    (stop_logging(), "tampering", "critical", ACCOUNT, "eve stopped the trail main"),
    (
        done("PutEventSelectors", "cloudtrail", parameters={"trailName": "main"}),
        "tampering",
        "high",
        ACCOUNT,
        "eve changed which events the trail main records",
    ),
    (delete_rule(), "tampering", "critical", ACCOUNT, "eve deleted rootwatch's rule rootwatch-root-use"),
    (
        done("UpdateAssumeRolePolicy", "iam", parameters={"roleName": "rootwatch-forwarding"}),
        "tampering",
        "high",
        ACCOUNT,
        "eve changed who may take rootwatch's role rootwatch-forwarding",
    ),
    (
        done(
            "DeleteStackSet",
            "cloudformation",
            account=MANAGEMENT,
            who=ANA,
            parameters={"stackSetName": "rootwatch-members"},
        ),
        "tampering",
        "critical",
        MANAGEMENT,
        "ana deleted a part of rootwatch: DeleteStackSet on rootwatch-members",
    ),
]


@pytest.mark.parametrize(
    ("record", "kind", "severity", "account", "title"), TOLD, ids=lambda v: getattr(v, "name", None)
)
def test_who_touches_root_or_the_watch_is_told_of(record, kind, severity, account, title):
    _, fact, one = only(record)
    assert (fact.kind, fact.severity, fact.account) == (kind, severity, account)
    assert title in fact.says
    assert fact.means
    assert fact.do_now
    assert (one.page is not None) == (severity in ("high", "critical"))
    assert one.incident.account == account
    assert fact.recorded_in == (record.account if record.account != account else None)


@pytest.mark.parametrize(
    "record",
    [
        done("AssumeRole", "sts"),
        done("GetTrailStatus", "cloudtrail", parameters={"name": "main"}),
        delete_rule(name="nightly-report"),
        done("DeleteRole", "iam", parameters={"roleName": "builder"}),
        done("CreateUser", "iam", parameters={"userName": "ben"}),
        service_event("CloseAccountResult", {"closeAccountStatus": {"accountId": ACCOUNT, "state": "FAILED"}}),
        service_event("CreateAccountResult", {"createAccountStatus": {"state": "FAILED"}}),
        in_organizations(
            "RegisterDelegatedAdministrator",
            parameters={"accountId": OTHER, "servicePrincipal": "config.amazonaws.com"},
        ),
        in_organizations("TagResource", parameters={"resourceId": ACCOUNT, "tags": [{"key": "team", "value": "x"}]}),
    ],
    ids=lambda record: record.name,
)
def test_everyday_work_is_told_to_nobody(record):
    assert ignored(record)


@pytest.mark.parametrize(
    "record",
    [
        in_organizations("CloseAccount", account=OTHER, parameters={"accountId": ACCOUNT}),
        in_organizations("RemoveAccountFromOrganization", account=OTHER, parameters={"accountId": ACCOUNT}),
        in_organizations("DeleteOrganization", account=OTHER),
        service_event("AccountDepartedOrganization", {"accountId": ACCOUNT}, account=OTHER),
        tag("until=2026-11-24T18:00Z ticket=SEC-142", caller=OTHER),
    ],
    ids=lambda record: record.name,
)
def test_what_only_the_organisation_can_do_is_believed_from_nobody_else(record):
    assert ignored(record)


def test_of_an_account_that_may_not_speak_for_others_only_its_own_name_is_taken():
    record = done("AcceptPrimaryEmailUpdate", "account", account=OTHER, parameters={"accountId": ACCOUNT})
    fact = only(record)[1]
    assert fact.account == OTHER
    assert fact.says.endswith(f"(it names the account {ACCOUNT})")


def test_an_account_is_found_wherever_a_service_event_names_it():
    for details in ({"account": {"id": ACCOUNT}}, {"membership": {"accountId": ACCOUNT, "by": MANAGEMENT}}):
        assert only(service_event("AccountDepartedOrganization", details))[1].account == ACCOUNT
    assert only(service_event("AccountDepartedOrganization", {}))[1].account == MANAGEMENT


def test_an_account_that_was_closed_long_ago_goes_quietly():
    gone = service_event("AccountDepartedOrganization", {"accountId": ACCOUNT, "departureMethod": "CLEANED"})
    assert only(gone)[2].page is None


@given(st.permutations(TOLD))
def test_the_order_of_arrival_changes_nothing_that_is_true_and_nothing_pages_twice(told):
    journal, other = (taken_at_once(record for record, *_ in order) for order in (TOLD, told))
    assert len(other.pages) == len(set(other.pages))
    heads, others = ({h.scope: (h.harms, h.seen, h.why) for h in j.store.heads.values()} for j in (journal, other))
    assert heads == others


def taken_at_once(records):
    journal = Journal()
    for record in records:
        journal.take(record)
    return journal


def test_a_granted_assume_root_stays_silent_and_is_kept():
    plan = Journal().take(assume_root())
    assert (plan.disposition, plan.fact, plan.notices) == ("watch", None, ())
    assert plan.task.access_key_id == SESSION_KEY


def test_root_itself_doing_such_things_stays_root_use():
    for record in (
        call("StopLogging", eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "main"}),
        call("CloseAccount", account=MANAGEMENT, eventSource="organizations.amazonaws.com"),
        tag("until=2026-11-24T18:00Z", identity={"type": "Root"}),
    ):
        plan = Journal().take(record)
        assert not plan.fact.is_watch_event
        assert plan.disposition == "opened"


def test_what_aws_refused_is_told_at_once_and_wakes_nobody():
    plan, fact, one = only(stop_logging(errorCode="AccessDenied"))
    assert fact.says == "eve tried to stop the trail main and was denied"
    assert fact.means.startswith("Had it worked: ")
    assert (one.severity, one.page, one.channels) == ("medium", None, ("sns", "slack"))
    assert plan.incident.severity == "medium"


def test_the_same_person_doing_the_same_again_folds_and_a_worse_thing_pages_again():
    journal = taken(
        done("UpdateTrail", "cloudtrail", parameters={"name": "main"}),
        done("PutEventSelectors", "cloudtrail", parameters={"trailName": "main"}),
        stop_logging(),
        stop_logging(),
    )
    [head] = journal.store.heads.values()
    assert head.seen == 4
    assert [key.rsplit("/", 2)[1:] for key in journal.pages] == [["watch", "high"], ["watch", "critical"]]
    assert {plan.disposition for plan in journal.store.marks.values()} == {"watch"}


def test_another_person_another_account_and_another_kind_are_told_by_themselves():
    eve, ben = stop_logging(), stop_logging(who=f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/ben")
    elsewhere = stop_logging(account=OTHER)
    leaves = done("LeaveOrganization", "organizations")
    assert len(taken(eve, ben, elsewhere, leaves).store.heads) == 4


def test_who_stops_a_trail_does_not_hide_thereby_what_they_do_to_rootwatch():
    journal = taken(stop_logging(), delete_rule(), delete_rule(name="rootwatch-tampering"))
    assert [head.seen for head in journal.store.heads.values()] == [1, 2]
    assert len(journal.pages) == 2


def test_the_stack_sets_taking_away_every_rule_are_one_incident_with_one_page():
    members = [f"{number:012d}" for number in range(1, 30)]
    journal = taken(*(delete_rule(**by_stack_sets(account, session=f"s{account}")) for account in members))
    [head] = journal.store.heads.values()
    assert head.account is None
    assert head.seen == len(members)
    assert len(journal.pages) == 1


def test_a_person_who_took_on_the_stack_sets_role_does_not_hide_behind_them():
    person = delete_rule(identity=by(f"arn:aws:sts::{ACCOUNT}:assumed-role/stacksets-exec-0123abcd/eve", ACCOUNT))
    journal = taken(delete_rule(**by_stack_sets(OTHER)), person)
    assert len(journal.pages) == 2


def test_a_service_s_sessions_fold_by_their_role():
    def session(name):
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/{name}"
        return delete_rule(identity=by(arn, ACCOUNT, invokedBy="cloudformation.amazonaws.com"))

    journal = taken(session("a1"), session("b2"))
    [head] = journal.store.heads.values()
    assert [says.endswith("through cloudformation.amazonaws.com") for says in head.actions] == [True, True]


def test_all_that_tells_of_one_account_s_leaving_is_one_incident():
    removed = in_organizations("RemoveAccountFromOrganization", parameters={"accountId": ACCOUNT})
    departed = service_event("AccountDepartedOrganization", {"accountId": ACCOUNT, "departureMethod": "REMOVED"})
    for order in ((removed, departed), (departed, removed)):
        journal = taken(*order)
        assert len(journal.store.heads) == len(journal.pages) == 1


def test_after_the_gap_it_is_another_incident():
    journal = Journal()
    first = journal.take(stop_logging()).incident
    second = journal.take(stop_logging(after(45)), after(45)).incident
    assert first.id != second.id


def test_a_low_event_is_closed_without_another_word_and_a_page_is_not():
    journal = taken(in_organizations("CreateAccount", parameters={"accountName": "sandbox"}))
    assert journal.tick(after(60)) == []
    assert [head.state for head in journal.store.heads.values()] == ["closed"]
    assert journal.store.pointers == {}
    assert [one.type for one in taken(stop_logging()).tick(after(60))] == ["closed"]


def test_repeats_of_a_quiet_event_are_told_in_a_digest():
    records = [in_organizations("CreateAccount", parameters={"accountName": f"sandbox-{n}"}) for n in range(3)]
    journal = taken(*records)
    [digest] = journal.tick(after(20))
    assert (digest.type, digest.incident.untold) == ("digest", 2)
