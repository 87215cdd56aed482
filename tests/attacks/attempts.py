"""What an attacker tries, and what is told of it, by which path and how soon: asserted, noted, and published.

A row that the tests note stands in ``measured.json``, word for word but for the seconds: what docs/threat-model.md says
is what holds. ``make attacks`` measures anew.
"""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from rootwatch_local.receivers import Alert
from rootwatch_local.world import HUB_REGION, World

HERE: Final = Path(__file__).parent
MEASURED: Final = HERE / "measured.json"
OUT: Final = HERE.parents[1] / "build" / "attacks.json"
MEASURING: Final = os.environ.get("MEASURE_ATTACKS") == "1"

# Seconds on a busy machine with two cores. What AWS itself takes comes on top: seconds as a rule on the fast path,
# minutes until a log file is written.
FAST: Final = 30.0
LATE: Final = 60.0  # of a log file, and where a channel is broken

Tries = Literal[
    "silence",
    "lower",
    "delay",
    "flood",
    "forge",
    "back-date",
    "hide as a deployment",
    "hide as a colleague",
    "hide through a service",
]
By = Literal[
    "EventBridge",
    "log file",
    "canary",
    "comparison",
    "trail status",
    "heartbeat",
    "alarm",
    "sweep",
    "another channel",
    "AWS",
]

Record = Mapping[str, Any]


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was told, or that nothing came of it. ``minutes`` the clock was moved on, for what waits."""

    what: str
    by: By
    within: float | None = None  # seconds: what the test allows
    seconds: float | None = None  # what it took
    minutes: int = 0


class Row(msgspec.Struct, frozen=True):
    """One attempt."""

    attacker: str
    tries: Tries
    does: str
    told: tuple[Told, ...]

    @property
    def words(self) -> object:
        """All of it that is the same in every run."""
        said = tuple((one.what, one.by, one.within, one.minutes) for one in self.told)
        return self.attacker, self.tries, self.does, said


class Attempt:
    """Times are taken from the last thing that the attacker did."""

    def __init__(self, world: World, attacker: str, tries: Tries, does: str) -> None:
        self._world, self._attacker, self._tries, self._does = world, attacker, tries, does
        self._told: list[Told] = []
        self._pages = self._opened()
        self._posts = len(world.receivers.slack.messages)
        self._mails = len(world.receivers.mailbox.mails)
        self.acts()

    @property
    def row(self) -> Row:
        """What is to be published. Raises AssertionError if nothing was told and nothing said why."""
        assert self._told, "an attempt ends with what was told of it"
        return Row(self._attacker, self._tries, self._does, tuple(self._told))

    def acts(self) -> None:
        """The attacker does something now."""
        self._began = time.monotonic()

    def emits(self, *records: Record, account: str | None = None) -> None:
        """EventBridge gets records of what is done, in the account that they name or in another."""
        self.acts()
        for record in records:
            self._world.emit(account or str(record["recipientAccountId"]), str(record["awsRegion"]), record)

    def floods(self, records: Sequence[Record], *, at_once: int) -> None:
        """EventBridge gets many, wave by wave, each taken in before the next."""
        for start in range(0, len(records), at_once):
            wave = records[start : start + at_once]
            self.emits(*wave)
            for record in wave:
                self._world.wait_until_taken(str(record["eventID"]), LATE)

    def is_logged(self, *records: Record) -> None:
        """CloudTrail writes a log file with these records, all of one account and Region."""
        self.acts()
        self._world.write_log_file(str(records[0]["recipientAccountId"]), str(records[0]["awsRegion"]), records)

    def pages(self, what: str, *words: str, account: str | None, of: Record) -> Alert:
        """A page, about the account if one is named, in which all the words stand. ``of``: the record that it tells of,
        whose path is noted."""

        def found() -> list[Alert]:
            return [one for one in self.new_pages(account) if _says(str(one), words)]

        self._wait(lambda: bool(found()), f"no page about {account} says {words}", LATE)
        alert = found()[0]
        self._note(f"pages: {what}", self._path(of), alert.opened.monotonic - self._began)
        return alert

    def tells(self, what: str, *words: str, of: Record) -> None:
        """A message on Slack and in the mail in which all the words stand, and no page for it."""
        self._wait(lambda: bool(self._posts_that_say(words)), f"Slack was not told {words}", LATE)
        self._wait(lambda: bool(self._mails_that_say(words)), f"no mail says {words}", LATE)
        arrival = self._posts_that_say(words)[0].arrival
        self._note(f"tells: {what}", self._path(of), arrival.monotonic - self._began)

    def mails(self, what: str, *words: str, by: By) -> None:
        """A mail alone, where another channel is what was attacked."""
        self._wait(lambda: bool(self._mails_that_say(words)), f"no mail says {words}", LATE)
        self._note(f"mails: {what}", by, self._mails_that_say(words)[0].arrival.monotonic - self._began)

    def notes(self, what: str, by: By, *, minutes: int = 0) -> None:
        """What the test has looked at by itself, after so many minutes of the moved clock."""
        self._told.append(Told(what, by, minutes=minutes))

    def later(self, what: str, *words: str, account: str | None, by: By, minutes: int) -> Alert:
        """A page that a watcher makes, after so many minutes of the moved clock."""
        found = [one for one in self.new_pages(account) if _says(str(one), words)]
        assert found, f"{words} is in none of {[one.summary for one in self.new_pages()]}"
        self._told.append(Told(f"pages: {what}", by, minutes=minutes))
        return found[0]

    def new_pages(self, account: str | None = None) -> list[Alert]:
        """What has paged, about one account or any, since the attempt began."""
        alerts = self._world.receivers.pagerduty.alerts
        return [one for one in alerts if one.dedup_key not in self._pages and account in (None, one.source)]

    def messages(self, *words: str) -> int:
        """How many messages, on Slack and by mail, have said these words since."""
        return len(self._posts_that_say(words)) + len(self._mails_that_say(words))

    def _note(self, what: str, by: By, seconds: float) -> None:
        within = FAST if by == "EventBridge" else LATE
        assert seconds <= within, f"{what} took {seconds:.1f} seconds"
        self._told.append(Told(what, by, within, round(seconds, 1)))

    def _path(self, record: Record) -> By:
        """By which path a record came, as its mark says."""
        table = self._world.aws.client("dynamodb", self._world.hub, HUB_REGION)
        key = {"PK": {"S": f"EVT#{record['eventID']}"}, "SK": {"S": "MARK"}}
        path = table.get_item(TableName=self._world.table, Key=key, ConsistentRead=True)["Item"]["path"]["S"]
        assert path in ("EventBridge", "log file")
        return "EventBridge" if path == "EventBridge" else "log file"

    def _opened(self) -> set[str]:
        return {alert.dedup_key for alert in self._world.receivers.pagerduty.alerts}

    def _posts_that_say(self, words: Sequence[str]) -> list[Any]:
        return [one for one in self._world.receivers.slack.messages[self._posts :] if _says(str(one), words)]

    def _mails_that_say(self, words: Sequence[str]) -> list[Any]:
        mails = self._world.receivers.mailbox.mails[self._mails :]
        return [one for one in mails if _says(f"{one.subject}\n{one.message}", words)]

    def _wait(self, holds: Callable[[], bool], complaint: str, seconds: float) -> None:
        """Waits for what arrives; the sweep, which the scheduler runs each minute, runs meanwhile."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{self._attacker} tries to {self._tries}: {complaint}; {self._seen()}"
            try:
                self._world.receivers.wait_for(lambda _: holds(), 3)
            except TimeoutError:
                self._world.sweep()

    def _seen(self) -> list[str]:
        return [one.summary for one in self.new_pages()]


def measured() -> list[Row]:
    """The published rows."""
    return msgspec.convert(json.loads(MEASURED.read_bytes())["attempts"], list[Row]) if MEASURED.exists() else []


def _says(text: str, words: Sequence[str]) -> bool:
    flat = " ".join(text.split())
    return all(word in flat for word in words)
