"""Checks of the hub: its schedules, readers and queues, the trail, and whether anybody outside watches it."""

import shlex
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from rootwatch.core.health import ailments
from rootwatch.core.settings import Settings
from rootwatch_cli.doctoring.finding import Finding, Section, Unknown, named
from rootwatch_cli.doctoring.state import Queue, State
from rootwatch_cli.doctoring.trails import judged

_finding: Final = Section("The hub")
_RECEIVES_ALL: Final = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_OLD_SECONDS: Final = 600


def hub(state: State, settings: Settings) -> Iterator[Finding]:
    """Whether what arrives is taken in, and whether the hub looks after itself."""
    yield from _itself(state)
    yield from _trail(state)
    yield _rule(state)
    for name, mapping in state.readers.items():
        yield _reader(name, mapping)
    yield from _schedules(state)
    for name, queue in state.queues.items():
        yield from _queue(name, queue)
    yield from _alarms(state)
    yield _heartbeat(settings)


def _itself(state: State) -> Iterator[Finding]:
    """What the heartbeat asks before it says outside of AWS that all is well, but for the queue and the sends."""
    if isinstance(state.health, Unknown):
        yield _finding.unknown("when coverage last ran", state.health)
        return
    found = ailments(state.health, None, None, state.at)
    for words in found:
        yield _finding("fail", f"{words[0].upper()}{words[1:]}.", "Look at the log of rootwatch-coverage.")
    if not found and state.health:
        minutes = int((state.at - state.health.ran_at) / timedelta(minutes=1))
        yield _finding("ok", f"Coverage ran {minutes} minute{'' if minutes == 1 else 's'} ago, and canaries are heard.")


def _trail(state: State) -> Iterator[Finding]:
    """By our own look, where there are credentials for it; what coverage sees of it is said above."""
    if state.trails is None:
        return
    if isinstance(state.trails, Unknown):
        yield _finding.unknown("whether the trail is logging", state.trails)
        return
    ours = [trail for trail in state.trails if trail.organisation]
    yield from map(judged, ours)
    if not ours:
        yield _finding("fail", "There is no organisation trail: EventBridge tells nobody of anything.", "Deploy one.")


def _rule(state: State) -> Finding:
    if isinstance(state.rule, Unknown):
        if state.rule.why.endswith("ResourceNotFoundException"):
            return _finding("fail", "The rule rootwatch-records on the hub's bus is gone.", *_deploy())
        return _finding.unknown("whether the rule on the hub's bus is on", state.rule)
    if state.rule != _RECEIVES_ALL:
        what = "nothing" if state.rule == "DISABLED" else "no read-only call"
        says = f"The rule rootwatch-records on the hub's bus is {state.rule}: {what} of root comes through."
        return _finding("fail", says, *_deploy())
    return _finding("ok", "The rule on the hub's bus takes in everything, read-only calls too.")


def _reader(name: str, mapping: str | Unknown) -> Finding:
    if isinstance(mapping, Unknown):
        return _finding.unknown(f"whether {name} reads its queue", mapping)
    if mapping == "Enabled":
        return _finding("ok", f"{name} reads its queue.")
    return _finding("fail", f"{name} does not read its queue: its event source mapping is {mapping}.", *_deploy())


def _schedules(state: State) -> Iterator[Finding]:
    if isinstance(state.schedules, Unknown):
        yield _finding.unknown("whether the schedules are on", state.schedules)
        return
    off = sorted(name for name, how in state.schedules.items() if how != "ENABLED")
    if "rootwatch-sweep" not in state.schedules:
        yield _finding("fail", "The schedule rootwatch-sweep is gone: what is due again is never sent.", *_deploy())
    if off:
        yield _finding("fail", f"These schedules are off: {named(off)}.", *_deploy())
    elif state.schedules:
        yield _finding("ok", f"{len(state.schedules)} schedules are on: {named(sorted(state.schedules), 10)}.")


def _queue(name: str, queue: Queue | Unknown) -> Iterator[Finding]:
    if isinstance(queue, Unknown):
        yield _finding.unknown(f"how full the queue {name} is", queue)
        return
    if queue.dead:
        yield _finding(
            "fail",
            f"{queue.dead} messages of {name} could not be taken in within a day, and lie in {name}-dead.",
            "Mend what stopped them (the log says it), then send them again.",
            f"aws sqs start-message-move-task --source-arn $(aws sqs get-queue-attributes --queue-url "
            f"{queue.dead_letters_url} --attribute-names QueueArn --query Attributes.QueueArn --output text)",
        )
    old = queue.age is not None and queue.age > _OLD_SECONDS
    if old and queue.age is not None:
        minutes = int(queue.age // 60)
        yield _finding(
            "fail",
            f"The oldest of {queue.waiting} messages in {name} waits for {minutes} minutes.",
            "Look at the log of the function that reads it.",
        )
    if not queue.dead and not old:
        waiting = f"{queue.waiting} messages wait in" if queue.waiting else "Nothing waits in"
        yield _finding("ok", f"{waiting} {name}, and nothing was given up.")


def _alarms(state: State) -> Iterator[Finding]:
    if isinstance(state.alarms, Unknown):
        yield _finding.unknown("which alarms are off", state.alarms)
    elif state.alarms:
        yield _finding(
            "fail",
            f"These alarms are on: {named(state.alarms, 10)}.",
            "Each says in its description what it means and what to do.",
            f"aws cloudwatch describe-alarms --alarm-names {shlex.join(state.alarms[:10])} "
            "--query 'MetricAlarms[].AlarmDescription'",
        )
    else:
        yield _finding("ok", "No alarm of rootwatch is on.")


def _heartbeat(settings: Settings) -> Finding:
    if settings.heartbeat:
        return _finding("ok", "A heartbeat tells a service outside of AWS each minute that all is well.")
    return _finding(
        "warn",
        "Nobody outside watches rootwatch: should the hub fall silent as a whole, nobody would be told.",
        "Make a check at a heartbeat service, keep its address in a secret, and name that in the settings.",
        '"heartbeat": {"secret": "rootwatch/heartbeat"}',
    )


def _deploy() -> tuple[str, str]:
    """A deployment as such puts nothing back that somebody changed by hand.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
    """
    return "Find out who changed it, then put it back.", "npx cdk deploy rootwatch-hub --revert-drift"
