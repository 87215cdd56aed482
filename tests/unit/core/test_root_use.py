"""Which records are root use, and of which kind: what the cases under tests/fixtures leave open."""

import pytest

from rootwatch.core.record import Unreadable
from rootwatch.core.root_use import denied, failed, find
from tests.support.records import body, call, record, sign_in_body


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "Client.UnauthorizedOperation",
        "UnauthorizedOperation",
        "NotAuthorizedException",
        "AuthFailure",
        "Forbidden",
    ],
)
def test_a_refusal_is_known_in_every_spelling_and_stays_root_use(code):
    refused = call("DescribeSubnets", errorCode=code, readOnly=True)
    assert denied(refused)
    assert failed(refused)
    assert find(refused).kind == "api-call"


def test_an_error_that_is_no_refusal_failed_and_was_not_denied():
    missing = call("DeleteUser", errorCode="NoSuchEntityException")
    assert failed(missing)
    assert not denied(missing)


@pytest.mark.parametrize(
    ("outcome", "message", "expected"),
    [
        ("Success", None, "sign-in"),
        ("Success", "Account is in grace period", "sign-in"),
        ("success", None, "sign-in"),
        ("Pending", None, "sign-in"),
        (None, None, "sign-in"),
        ("Pending", "Failed authentication", "failed-sign-in"),
        (None, "Failed authentication", "failed-sign-in"),
        ("Failure", None, "failed-sign-in"),
        ("Failure", "Failed authentication", "failed-sign-in"),
    ],
)
def test_the_sign_in_pages_word_decides_then_its_message_and_silence_is_a_sign_in(outcome, message, expected):
    value = sign_in_body() | {"responseElements": {"ConsoleLogin": outcome}, "errorMessage": message}
    assert find(record(value)).kind == expected


def test_the_kinds_come_in_their_order():
    key = {"accessKeyId": "AKIAIOSFODNN7EXAMPLE"}
    value = body("ListUsers")
    with_key = value | {"userIdentity": value["userIdentity"] | key}
    federated = {"type": "FederatedUser", **key, "sessionContext": {"sessionIssuer": {"type": "Root"}}}
    assert find(record(value)).kind == "api-call"
    assert find(record(with_key)).kind == "access-key-call"
    assert find(record(with_key | {"userIdentity": federated})).kind == "federated"
    assert find(record(sign_in_body() | {"userIdentity": with_key["userIdentity"]})).kind == "access-key-call"


def test_what_cannot_be_read_is_root_use_only_if_it_mentions_root():
    assert find(Unreadable(key="x", reason="why", mentions_root=True)).kind == "unreadable"
    assert find(Unreadable(key="x", reason="why", mentions_root=False)).kind is None


def test_every_finding_says_why():
    for value in (sign_in_body(), body("x", userIdentity=None), body("x", eventType="AwsServiceEvent")):
        assert find(record(value)).reason


@pytest.mark.parametrize(
    ("identity", "more", "expected"),
    [
        ({}, {}, None),
        ({"accessKeyId": "ASIAIOSFODNN7EXAMPLE"}, {}, "api-call"),
        ({"sessionContext": {"attributes": {"creationDate": "2026-11-24T11:58:00Z"}}}, {}, "api-call"),
        ({}, {"sessionCredentialFromConsole": "true"}, "api-call"),
    ],
    ids=["nobody's", "a key", "a session", "the console"],
)
def test_what_the_console_itself_reads_for_whoever_is_signed_in_is_their_use(identity, more, expected):
    said = {**body("ListUsers")["userIdentity"], "invokedBy": "AWS Internal", **identity}
    made = call("DescribeAlarms", userIdentity=said, sourceIPAddress="AWS Internal", readOnly=True, **more)
    assert find(made).kind == expected
