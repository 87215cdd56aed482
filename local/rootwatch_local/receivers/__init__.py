"""Slack, PagerDuty and a mailbox, played on this machine for the demo and the tests.

They refuse what the real services would refuse, and page whom the real services would page, so that a message which
passes here is one that can be sent. `Receivers` is the door to all of them.
"""

from rootwatch_local.receivers.door import Receivers
from rootwatch_local.receivers.faults import Fault
from rootwatch_local.receivers.ledger import Arrival, Refusal
from rootwatch_local.receivers.mailbox import Mail, Mailbox
from rootwatch_local.receivers.pagerduty import Alert, ChangeEvent, PagerDuty
from rootwatch_local.receivers.rate import RateLimit
from rootwatch_local.receivers.slack import Slack
from rootwatch_local.receivers.slack_workspace import SlackMessage

__all__ = [
    "Alert",
    "Arrival",
    "ChangeEvent",
    "Fault",
    "Mail",
    "Mailbox",
    "PagerDuty",
    "RateLimit",
    "Receivers",
    "Refusal",
    "Slack",
    "SlackMessage",
]
