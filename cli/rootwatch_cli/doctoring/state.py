"""What ``rootwatch doctor`` knows of the deployed rootwatch: looked up by ``look``, judged by the checks."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from rootwatch.core.coverage import Row
from rootwatch.core.fast_path import FastPath
from rootwatch.core.health import Health
from rootwatch.core.ports import Due
from rootwatch.edge.last_sends import LastSend
from rootwatch_cli.doctoring.facts import Secret, Trail
from rootwatch_cli.doctoring.finding import Unknown


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """``waiting`` messages are not taken yet; ``age`` is the oldest one's in seconds, None where no metric says it;
    ``dead`` messages were given up."""

    name: str
    dead_letters_url: str
    waiting: int
    dead: int
    age: float | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription of a topic. ``endpoint``: of a web hook the host alone, for its address may hold a key;
    ``guarded``: nobody can end it by a link in an e-mail."""

    arn: str
    protocol: str
    endpoint: str
    confirmed: bool
    guarded: bool | Unknown


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``rule``: the state of the rule on the hub's bus; ``readers``: queue-reading function → the state of
    its event source mapping; ``schedules``: name → state; ``alarms``: those that are on; ``trails``: None where nobody
    asked for them."""

    at: datetime
    places: tuple[Row, ...] | Unknown
    lost: tuple[FastPath, ...] | Unknown
    health: Health | Unknown | None
    unsent: tuple[Due, ...] | Unknown
    last_sends: tuple[LastSend, ...] | Unknown
    rule: str | Unknown
    readers: Mapping[str, str | Unknown]
    schedules: Mapping[str, str] | Unknown
    queues: Mapping[str, Queue | Unknown]
    alarms: tuple[str, ...] | Unknown
    subscriptions: tuple[Subscription, ...] | Unknown
    alarm_subscriptions: tuple[Subscription, ...] | Unknown
    secrets: tuple[Secret, ...]
    trails: tuple[Trail, ...] | Unknown | None = None
