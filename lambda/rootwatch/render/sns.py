"""A notice as an SNS message with a text for each protocol.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from typing import Final

import msgspec

from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.render.clean import ascii_only, clean
from rootwatch.render.document import document
from rootwatch.render.headline import headline
from rootwatch.render.mail import mail

_SUBJECT: Final = 99  # "must be less than 100 characters long"
_SMS: Final = 140  # one text message
_MOST: Final = 200_000  # bytes of the message; SNS takes 262,144, attributes included
_WIDTHS: Final = (1_000, 300, 100, 40)
_MACHINES: Final = ("http", "https", "sqs", "lambda", "firehose")


class SnsMessage(msgspec.Struct, frozen=True, kw_only=True):
    """For ``Publish`` with ``MessageStructure="json"``. ``attributes``: name → value, all of data type String."""

    subject: str
    message: str
    attributes: dict[str, str]


def sns(notice: Notice, settings: Settings) -> SnsMessage:
    """The message, within SNS's limits whatever the notice holds."""
    messages = (_protocols(notice, settings, width) for width in _WIDTHS)
    message = next(text for text in messages if len(text) <= _MOST)
    return SnsMessage(
        subject=_plain_headline(notice, settings, _SUBJECT),
        message=message.decode(),
        attributes=_attributes(notice),
    )


def _protocols(notice: Notice, settings: Settings, width: int) -> bytes:
    text = mail(notice, settings, width)
    machine = msgspec.json.encode(document(notice, settings, width)).decode()
    sms = _plain_headline(notice, settings, _SMS)
    return msgspec.json.encode({"default": text, "email": text, "sms": sms, **dict.fromkeys(_MACHINES, machine)})


def _plain_headline(notice: Notice, settings: Settings, most: int) -> str:
    """The longest headline that fits in ASCII, which spells some characters with several."""
    plain = (ascii_only(headline(notice, settings, limit, severity=True)) for limit in range(most, 1, -3))
    return next(line for line in plain if len(line) <= most)


def _attributes(notice: Notice) -> dict[str, str]:
    """What a subscription's filter policy can look at. SNS refuses an empty value."""
    incident, fact = notice.incident, notice.fact
    return {
        "type": notice.type,
        "severity": notice.severity,
        "verdict": incident.verdict,
        "kind": fact.kind if fact else "none",
        "account_id": clean(incident.account, 12) or "unknown",
        "incident": clean(incident.id, 100) or "unknown",
    }
