"""The mailbox of the e-mail subscribers: mails are kept, and those that SNS would not publish are refused."""

from collections.abc import Mapping

import pytest
import requests

from rootwatch_local.receivers import Receivers

MAIL = {
    "to": "security@example.com",
    "subject": "Root signed in to prod-payments",
    "body": "Account 444455556666\nMFA No",
    "attributes": {"severity": {"Type": "String", "Value": "critical"}},
    "time": 1793870042.0,
}


def test_a_mail_is_kept_as_it_came(receivers: Receivers) -> None:
    assert requests.post(receivers.mail_url, json=MAIL, timeout=10).status_code == 200
    [mail] = receivers.mailbox.mails
    assert (mail.endpoint, mail.subject, mail.message) == (MAIL["to"], MAIL["subject"], MAIL["body"])
    assert mail.attributes == MAIL["attributes"]


def test_a_mail_without_a_subject_gets_the_one_that_sns_writes(receivers: Receivers) -> None:
    requests.post(receivers.mail_url, json={**MAIL, "subject": None}, timeout=10)
    assert [mail.subject for mail in receivers.mailbox.mails] == ["AWS Notification Message"]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "s" * 100},
        {"subject": ""},
        {"subject": "two\nlines"},
        {"subject": "a bell \a"},
        {"subject": "a separator \u2028"},
        {"body": ""},
        {"body": "m" * 262_145},
        {"body": None},
    ],
)
def test_a_mail_that_sns_would_not_publish_is_refused(receivers: Receivers, change: Mapping[str, object]) -> None:
    assert requests.post(receivers.mail_url, json={**MAIL, **change}, timeout=10).status_code == 400
    assert receivers.mailbox.mails == ()
    assert [refusal.service for refusal in receivers.refused] == ["mailbox"]
