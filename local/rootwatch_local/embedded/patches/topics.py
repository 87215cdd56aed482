"""SNS: e-mail is told to the mailbox instead of being logged, and a message that AWS refuses is refused.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import ministack.services.sns as sns

from rootwatch_local.embedded.patches import journal
from rootwatch_local.embedded.patches.seam import replace

# "must be ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or
# control characters; and must be less than 100 characters long"
_SUBJECT = re.compile(r"[!-~][ -~]{0,98}")

_fanout: Callable[..., None]
_publish: Callable[..., Any]
_publish_batch: Callable[..., Any]


def apply() -> None:
    """Put our fan-out and our check of Subject before ministack's."""
    global _fanout, _publish, _publish_batch
    names = "topic_arn msg_id message subject message_structure message_attributes message_group_id message_dedup_id"
    _fanout = replace(sns, "_fanout", names, _fan_out)
    _publish = replace(sns, "_publish", "params", _checked_publish)
    _publish_batch = replace(sns, "_publish_batch", "params", _checked_publish_batch)


def _fan_out(
    topic_arn: str,
    msg_id: str,
    message: str,
    subject: str,
    message_structure: str = "",
    message_attributes: Mapping[str, Any] | None = None,
    **fifo: str,
) -> None:
    attributes = message_attributes or {}
    topic = sns._topic_by_arn_any_scope(topic_arn)
    for subscription in topic["subscriptions"] if topic else []:
        protocol = subscription["protocol"]
        text = sns._resolve_message_for_protocol(message, message_structure, protocol)
        if (
            protocol in {"email", "email-json"}
            and subscription["confirmed"]
            and sns._matches_filter_policy(subscription, attributes, text)
        ):
            journal.send_mail(
                {
                    "topic": topic_arn,
                    "message_id": msg_id,
                    "to": subscription["endpoint"],
                    "subject": subject or "AWS Notification Message",
                    "body": text,
                    "attributes": {name: value.get("StringValue", "") for name, value in attributes.items()},
                }
            )
    _fanout(topic_arn, msg_id, message, subject, message_structure, attributes, **fifo)


def _checked_publish(params: Mapping[str, Any]) -> Any:
    if _refused(sns._p(params, "Subject")):
        return sns._error("InvalidParameter", "Invalid parameter: Subject", 400)
    if not sns._p(params, "Message"):
        return sns._error("InvalidParameter", "Invalid parameter: Empty message", 400)
    return _publish(params)


def _checked_publish_batch(params: Mapping[str, Any]) -> Any:
    # AWS fails the entry alone; a caller of ours that sends one has a fault either way.
    if any(_refused(entry.get("subject", "")) for entry in sns._parse_batch_entries(params)):
        return sns._error("InvalidParameter", "Invalid parameter: Subject", 400)
    return _publish_batch(params)


def _refused(subject: str) -> bool:
    return bool(subject) and _SUBJECT.fullmatch(subject) is None
