"""What one root use is judged to be, and what a window makes of it."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.catalogue import load
from rootwatch.core.fact import Fact
from rootwatch.core.judge import judge
from rootwatch.core.reading import read
from rootwatch.core.record import Record
from rootwatch.core.root_use import find
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.verdict import weigh
from rootwatch.core.words import rank
from tests.support.fixtures import cases
from tests.support.records import ACCOUNT, NOON, body, call, failed_sign_in, settings, sign_in

HOUR = timedelta(hours=1)
OPEN = Tags(account=ACCOUNT).with_more(
    Tagging(account=ACCOUNT, purpose="window", value="until=2026-11-24T13:00Z ticket=SEC-142", at=NOON - HOUR)
)
GUARDED = settings(management_account=ACCOUNT)


def judged(record: Record) -> Fact:
    kind = find(record).kind
    assert kind is not None
    return judge(record, kind, load(), NOON)


@pytest.mark.parametrize(
    ("mfa", "title", "why"),
    [
        ("Yes", "sign-in with MFA", ()),
        ("No", "sign-in, no MFA", ("MFA was not used",)),
        (None, "sign-in, MFA unknown", ("whether MFA was used is not stated",)),
    ],
)
def test_a_sign_in_says_whether_mfa_was_used_and_never_guesses(mfa, title, why):
    fact = judged(sign_in(mfa=mfa))
    assert (fact.title, fact.why) == (title, why)


def test_a_denied_call_is_told_as_a_try():
    fact = judged(call("StopLogging", eventSource="cloudtrail.amazonaws.com", errorCode="AccessDenied"))
    assert fact.says.startswith("tried to ")
    assert fact.says.endswith(" and was denied")
    assert fact.error == "AccessDenied"


def test_a_call_that_failed_is_told_as_a_try():
    assert judged(call("DeleteUser", errorCode="NoSuchEntity")).says.endswith(" and failed")


def test_a_failed_sign_in_keeps_the_sign_in_pages_own_words():
    assert judged(failed_sign_in()).error == "Failed authentication"


def test_a_failed_sign_in_without_an_outcome_keeps_them_too():
    value = failed_sign_in().body | {"responseElements": None}
    (record,) = read(value)
    assert isinstance(record, Record)
    assert judged(record).error == "Failed authentication"


def test_a_failed_sign_in_has_advice_and_a_technique_of_its_own():
    fact = judged(failed_sign_in())
    assert fact.technique == "T1110.001"
    assert "signed in as root now" not in fact.do_now
    assert "own slip" in fact.do_now


def test_a_long_term_key_is_named_in_the_advice_before_what_the_call_itself_asks_for():
    value = body("StopLogging", eventSource="cloudtrail.amazonaws.com")
    value["userIdentity"]["accessKeyId"] = "AKIAIOSFODNN7EXAMPLE"
    (record,) = read(value)
    assert isinstance(record, Record)
    fact = judged(record)
    plain = judged(call("StopLogging", eventSource="cloudtrail.amazonaws.com"))
    assert fact.technique == "T1078.004"
    assert fact.do_now.startswith("Deactivate root's access key AKIAIOSFODNN7EXAMPLE at once")
    assert fact.do_now.endswith(plain.do_now)


@pytest.mark.parametrize(
    ("name", "source", "error", "why"),
    [
        ("CreateAccessKey", "iam", None, "root's own credentials, contacts or e-mail are touched"),
        ("StopLogging", "cloudtrail", None, "it blinds those who watch"),
        ("StopLogging", "cloudtrail", "AccessDenied", "had it worked: it blinds those who watch"),
        (
            "LeaveOrganization",
            "organizations",
            None,
            "it can take the account, or the organisation, away from its owner",
        ),
        ("GetFederationToken", "sts", None, "it hands on root's power"),
    ],
)
def test_a_critical_act_says_why_it_is_so_bad(name, source, error, why):
    changes = {"errorCode": error} if error else {}
    assert judged(call(name, eventSource=f"{source}.amazonaws.com", **changes)).why == (why,)


def test_a_call_through_a_service_names_the_service():
    value = body("DeleteBucket", eventSource="s3.amazonaws.com")
    value["userIdentity"]["invokedBy"] = "cloudformation.amazonaws.com"
    (record,) = read(value)
    assert isinstance(record, Record)
    assert judged(record).says.endswith(", through cloudformation.amazonaws.com")


def test_a_record_without_a_time_is_told_at_the_time_we_read_it_and_says_that_it_had_none():
    fact = judged(call("CreateUser", eventTime=None))
    assert fact.time == NOON
    assert fact.event_time is None


def test_every_root_use_is_at_least_high_but_for_failed_sign_ins_and_recoveries_asked_for():
    seen = 0
    for case in cases():
        for item in read(case.record):
            kind = find(item).kind
            if kind is None:
                continue
            fact = judge(item, kind, load(), NOON)
            quiet = kind == "failed-sign-in" or fact.action == "PasswordRecoveryRequested"
            assert (rank(fact.severity) >= rank("high")) is not quiet, case.id
            seen += 1
    assert seen > 100


@given(
    # What comes from "aws:sqs" and the like is a wrapping.
    source=st.text().filter(lambda text: not text.startswith("aws:"))
    | st.sampled_from(["iam.amazonaws.com", "signin.amazonaws.com"]),
    name=st.text() | st.sampled_from(["ConsoleLogin", "CheckMfa", "CreateAccessKey"]),
    odd=st.none() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
)
def test_a_fact_is_under_4_kb_and_can_be_stored_whatever_the_record_holds(source, name, odd):
    value = body(name, eventSource=source, requestParameters=odd, responseElements=odd, userAgent="\U0001f511" * 9999)
    (record,) = read(value | {"errorCode": "x" * 9999, "errorMessage": "y" * 9999, "sourceIPAddress": "z" * 9999})
    assert isinstance(record, Record)
    assert len(msgspec.json.encode(judged(record))) < 4096


def test_a_window_makes_a_sign_in_planned_and_names_its_ticket():
    fact = weigh(judged(sign_in()), OPEN, settings())
    assert (fact.verdict, fact.severity, fact.ticket) == ("planned", "low", "SEC-142")


@pytest.mark.parametrize(
    ("record", "expected"),
    [(sign_in(mfa="No"), "high"), (sign_in(), "high"), (failed_sign_in(), "medium")],
    ids=["critical", "high", "medium"],
)
def test_a_window_of_the_management_account_lowers_to_high_and_raises_nothing(record, expected):
    fact = weigh(judged(record), OPEN, GUARDED)
    assert (fact.verdict, fact.severity) == ("breakthrough", expected)


@given(
    record=st.sampled_from(
        [sign_in(), sign_in(mfa=None), failed_sign_in(), call("CreateAccessKey"), call("ListUsers")]
    ),
    start=st.integers(-300, 300),
    minutes=st.integers(1, 720),
    covers=st.sampled_from([(), ("mfa",), ("password",)]),
    nets=st.sampled_from([(), ("203.0.113.0/24",), ("2001:db8::/48",)]),
    guarded=st.booleans(),
)
def test_no_window_ever_raises_a_severity(record, start, minutes, covers, nets, guarded):
    begin, until = NOON + timedelta(minutes=start), NOON + timedelta(minutes=start + minutes)
    value = f"until={until:%Y-%m-%dT%H:%MZ}" + "".join(f" covers={word}" for word in covers)
    value += "".join(f" net={net}" for net in nets)
    tags = Tags(account=ACCOUNT).with_more(Tagging(account=ACCOUNT, purpose="window", value=value, at=begin))
    before = judged(record)
    after = weigh(before, tags, GUARDED if guarded else settings())
    assert rank(after.severity) <= rank(before.severity)
    if after.severity != before.severity:
        assert begin <= NOON <= until
        assert before.action != "CreateAccessKey"
