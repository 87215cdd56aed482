"""Checks of the channels: who subscribed and how, what the secrets hold, what was sent last, what could not be sent."""

import shlex
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from rootwatch.core.settings import Settings
from rootwatch.core.words import ChannelName
from rootwatch.render.clean import moment
from rootwatch_cli.doctoring.channels import judged
from rootwatch_cli.doctoring.finding import Finding, Section, Unknown, named
from rootwatch_cli.doctoring.state import State, Subscription

_finding: Final = Section("Channels")
_OVERDUE: Final = timedelta(minutes=15)
_SUBSCRIBE: Final = "rootwatch subscribe"
_LINKED: Final = frozenset({"email", "email-json"})
READERS: Final[dict[ChannelName, str]] = {"pagerduty": "PagerDuty", "slack": "Slack", "sns": "SNS"}


def delivery(state: State, settings: Settings) -> Iterator[Finding]:
    """Whether what is told reaches anybody."""
    yield from judged(state.secrets, settings, _finding)
    yield from _subscriptions(state.subscriptions, "alerts", _SUBSCRIBE)
    yield from _subscriptions(state.alarm_subscriptions, "alarms", f"{_SUBSCRIBE} --alarms")
    yield from _nobody(state, settings)
    yield from _last(state, settings)
    yield from _unsent(state)


def _subscriptions(found: tuple[Subscription, ...] | Unknown, of: str, command: str) -> Iterator[Finding]:
    """``of``: what the topic is of, alerts or alarms; ``command``: how to subscribe to it."""
    if isinstance(found, Unknown):
        yield _finding.unknown(f"who subscribed to the {of}", found)
        return
    waiting = [one.endpoint for one in found if not one.confirmed]
    linked = [one for one in found if one.confirmed and one.protocol in _LINKED]
    loose = [one.endpoint for one in linked if one.guarded is False]
    refused = [one.guarded for one in linked if isinstance(one.guarded, Unknown)]
    if waiting:
        yield _finding(
            "fail",
            f"Not confirmed, so that none of the {of} reach them: {named(waiting)}.",
            "Confirm them with the link from the e-mail.",
            f"{command} {shlex.join(waiting)}",
        )
    if loose:
        yield _finding(
            "warn",
            f"A link in each of the {of} unsubscribes {named(loose)}: a mail scanner that follows links ends it.",
            "Subscribe them again in such a way that only you can end it.",
            f"{command} {shlex.join(loose)}",
        )
    if refused:
        yield _finding.unknown(f"how the subscriptions to the {of} were confirmed", refused[0])
    good = [one.endpoint for one in found if _is_good(one)]
    if good:
        yield _finding("ok", f"Subscribed to the {of}: {named(good)}.")


def _nobody(state: State, settings: Settings) -> Iterator[Finding]:
    if state.subscriptions == () and not (settings.slack or settings.pagerduty):
        yield _finding(
            "fail",
            "Nobody subscribed to the alerts, and there is no other channel.",
            "Subscribe.",
            f"{_SUBSCRIBE} EMAIL",
        )
    if state.alarm_subscriptions == ():
        yield _finding(
            "warn",
            "Nobody subscribed to the alarms: when rootwatch itself is unwell, nobody is told.",
            "Subscribe whoever runs it.",
            f"{_SUBSCRIBE} --alarms EMAIL",
        )


def _is_good(one: Subscription) -> bool:
    return one.confirmed and (one.protocol not in _LINKED or one.guarded is True)


def _last(state: State, settings: Settings) -> Iterator[Finding]:
    if isinstance(state.last_sends, Unknown):
        yield _finding.unknown("what was sent last", state.last_sends)
        return
    by_channel = {(last.channel, last.state): last for last in state.last_sends}
    for channel in settings.channels:
        sent, failed = by_channel.get((channel, "sent")), by_channel.get((channel, "failed"))
        reader = READERS[channel]
        if failed and (sent is None or failed.at > sent.at):
            yield _finding(
                "fail",
                f"{reader}: the last send failed at {moment(failed.at)}: {failed.reason}.",
                "Mend that, then see that it works.",
                f"rootwatch test-alert --channel {channel}",
            )
        elif sent:
            yield _finding("ok", f"{reader} took the last message at {moment(sent.at)}.")
        else:
            yield _finding(
                "warn",
                f"{reader} was never sent anything: whether it would arrive is not known.",
                "Rehearse.",
                f"rootwatch test-alert --channel {channel}",
            )


def _unsent(state: State) -> Iterator[Finding]:
    if isinstance(state.unsent, Unknown):
        yield _finding.unknown("what waits to be sent", state.unsent)
        return
    overdue: dict[ChannelName, int] = defaultdict(int)
    for due in state.unsent:
        if due.channel and due.due_at and state.at - due.due_at > _OVERDUE:
            overdue[due.channel] += 1
    for channel, count in sorted(overdue.items()):
        yield _finding(
            "fail",
            f"{count} messages to {READERS[channel]} are due for more than 15 minutes, and nobody sends them.",
            "Look at the log of rootwatch-sweep.",
        )
    waiting = len(state.unsent) - sum(overdue.values())
    if waiting:
        yield _finding("warn", f"{waiting} messages are to be sent again: a channel did not take them at first.")
