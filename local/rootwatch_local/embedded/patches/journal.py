"""What happened inside the embedded AWS that no AWS interface tells: events dropped, e-mail sent."""

import queue
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

_KEPT = 10_000

dropped: deque[dict[str, Any]] = deque(maxlen=_KEPT)
mail: deque[dict[str, Any]] = deque(maxlen=_KEPT)

_outgoing: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()


def drop(event: dict[str, Any], reason: str, *, account: str, region: str, rule: str = "", target: str = "") -> None:
    """Note that EventBridge did not deliver: on AWS, the rule's FailedInvocations metric counts it.

    Args:
        event: ministack's form of an event.
        reason: a sentence.
        account: where the rule stands.
        region: where the rule stands.
        rule: name of the rule, empty when the event met none.
        target: ARN of what was not reached.
    """
    dropped.append(
        {
            "reason": reason,
            "account": account,
            "region": region,
            "rule": rule,
            "target": target,
            "event_id": event.get("EventId", ""),
            "source": event.get("Source", ""),
            "origin_account": event.get("Account", ""),
            "origin_region": event.get("Region", ""),
        }
    )


def send_mail(message: dict[str, Any]) -> None:
    """Keep an e-mail of SNS, and hand it to the mailbox if there is one."""
    message = {**message, "time": time.time()}
    mail.append(message)
    _outgoing.put(message)


def deliver_mail_to(url: str, failed: Callable[[str], None]) -> None:
    """POST every e-mail to `url` as JSON, one after the other, from a thread: the mailbox may answer slowly."""

    def deliver() -> None:
        while True:
            message = _outgoing.get()
            request = urllib.request.Request(
                url, data=msgspec.json.encode(message), headers={"Content-Type": "application/json"}
            )
            try:
                # No proxy: the mailbox is on this machine.
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()
            except OSError as error:
                failed(f"The mailbox at {url} did not take an e-mail: {error}")

    threading.Thread(target=deliver, name="mailbox", daemon=True).start()
