"""A send that failed for good: which notice nobody got by that channel, why, what to do; and that the channel works.

It is told by the other channels alone. The facts of one channel fold until it takes something again.
"""

from datetime import datetime
from typing import Final

import msgspec

from rootwatch.core import observe
from rootwatch.core.fact import Fact
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Known, Outcome, Plan
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.watch import ORGANISATION_CAUSE, scope
from rootwatch.core.words import ChannelName

NAMES: Final[dict[ChannelName, str]] = {"pagerduty": "PagerDuty", "slack": "Slack", "sns": "SNS"}
_PROVE: Final = "`rootwatch test-alert` shows when it works again."


def lost(channel: ChannelName, notice: Notice, outcome: Outcome, settings: Settings, now: datetime) -> Fact:
    """The fact of a send that ended, or that a person must mend something for; the second is told at once, since it
    would else be tried in vain for a day. A page is critical: somebody should have been woken."""
    name, page = NAMES[channel], notice.page if channel == "pagerduty" else None
    what = f"the {page.severity} page" if page else f"a notice ({notice.type})"
    incident = notice.incident
    whose = f" of {incident.account}" if incident.account else ""
    title = notice.fact.title if notice.fact else incident.title
    again = "It is tried again for 24 hours" if outcome.state == "retry" else "It is not sent there again"
    mend = _mend(channel, settings)
    return Fact(
        key=digest("send failed", incident.id, channel, notice.seq, outcome.state),
        time=now,
        kind="send-failed",
        harm="watch",
        severity="critical" if page else "medium",
        title=f"{name} did not take {what}",
        says=f"{name} did not take {what}{whose}, {title[:160]}: {outcome.reason[:160]}",
        means=f"{again}: {incident.id}, notice {notice.seq}. Look for it in the other channels.",
        do_now=(
            f"Act on that incident now, as if it had woken you; then {mend}. {_PROVE}"
            if page
            else f"Read it where it was told. Then {mend}. {_PROVE}"
        ),
        cause=_cause(channel),
        why=(f"{name} told nobody of it",) if page else (),
    )


def _mend(channel: ChannelName, settings: Settings) -> str:
    if channel == "pagerduty" and settings.pagerduty:
        return (
            "see whether the service and its Events API v2 integration still stand, and whether the secret "
            f"{settings.pagerduty.secret} holds that integration's key"
        )
    if channel == "slack" and settings.slack and settings.slack.channel:
        return (
            f"see whether the Slack channel {settings.slack.channel} still stands, whether the app is in it, and "
            f"whether the secret {settings.slack.secret} holds the app's token"
        )
    if channel == "slack" and settings.slack:
        return f"see whether the Slack app still has the webhook that the secret {settings.slack.secret} holds"
    return "see whether the topic still stands, and whether its policy and its key let the functions publish"


def works(channel: ChannelName, now: datetime) -> Fact:
    """The fact that a channel takes what it is sent again."""
    name = NAMES[channel]
    return Fact(
        key=digest("sends work", channel, now.isoformat()),
        time=now,
        kind="send-failed",
        harm="watch",
        severity="low",
        title=f"{name} takes notices again",
        says=f"{name} takes notices again",
        means="What it had lost before is not sent there again: look for that in the other channels.",
        do_now="Nothing, if you know what was wrong.",
        cause=_cause(channel),
    )


def scope_of(channel: ChannelName, now: datetime) -> str:
    """The scope under which a channel's lost sends fold."""
    return scope(works(channel, now))


def told_by_others(channel: ChannelName, fact: Fact, known: Known, settings: Settings, now: datetime) -> Plan:
    """The plan of a lost send. Nothing of it goes to the channel that fails, and what PagerDuty can't be told is told
    as loudly as the others can."""
    plan = observe.observed(fact, known, settings, now)
    notices = tuple(
        msgspec.structs.replace(
            one, page=one.page if channel != "pagerduty" else None, channels=_without(channel, one.channels)
        )
        for one in plan.notices
    )
    return msgspec.structs.replace(plan, notices=notices)


def _without(channel: ChannelName, channels: tuple[ChannelName, ...]) -> tuple[ChannelName, ...]:
    return tuple(name for name in channels if name != channel)


def _cause(channel: ChannelName) -> str:
    return f"{ORGANISATION_CAUSE} sends to {channel}"
