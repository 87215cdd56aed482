"""A round over all accounts, once a day, in slices: what one run has no time for, the next one does.

The cursor is in the table: an account is done when the round has come by. What is told is told before it is noted as
told; telling it again is a duplicate. One account never stops the rest. IAM's rates are each account's own.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from botocore.credentials import Credentials

from rootwatch.core.membership import Listed
from rootwatch.core.ports import StoreDownError
from rootwatch.core.posture import Central, Posture, Reading, Round
from rootwatch.core.posture_digest import week, weekly
from rootwatch.core.posture_drift import drift
from rootwatch.core.posture_roll import AS_ROOT_EVERY, EVERY, due, enrolled, looked
from rootwatch.core.settings import Settings
from rootwatch.edge.assumed import CallFailedError, Roles
from rootwatch.edge.observer import Observer
from rootwatch.edge.posture_as_root import TASK, read_as_root
from rootwatch.edge.posture_reader import Clients, Reader, central
from rootwatch.edge.posture_table import PostureTable
from rootwatch.edge.retrying import NotStoredError

ROLE: Final = "rootwatch-posture-reader"
SESSION: Final = "rootwatch-posture"
THREADS: Final = 8

ClientOf = Callable[[str, str, Credentials], Any]  # service, Region, credentials


class Abroad:
    """Into other accounts: by our role, or as root where the settings allow it."""

    def __init__(self, roles: Roles, client: ClientOf, region: str) -> None:
        self._roles = roles
        self._client = client
        self._region = region

    def enter(self, account: str) -> Clients:
        """Clients of our role there. Raises ``CallFailedError``."""
        return self._clients(self._roles.take(account, ROLE, SESSION))

    def enter_as_root(self, account: str) -> Clients:
        """Clients of its root, for looking alone. Raises ``CallFailedError``."""
        return self._clients(self._roles.take_root(account, TASK))

    def _clients(self, credentials: Credentials) -> Clients:
        return lambda service: self._client(service, self._region, credentials)


class PostureRound:
    """``accounts`` lists the organisation's; ``time_is_up`` says when no new account may be begun."""

    def __init__(
        self,
        *,
        table: PostureTable,
        accounts: Callable[[], list[Listed]],
        abroad: Abroad,
        reader: Reader,
        observer: Observer,
        settings: Settings,
        now: Callable[[], datetime],
        logger: Logger,
        metrics: Metrics,
    ) -> None:
        self._table = table
        self._accounts = accounts
        self._abroad = abroad
        self._reader = reader
        self._observer = observer
        self._settings = settings
        self._now = now
        self._logger = logger
        self._metrics = metrics

    def run(self, time_is_up: Callable[[], bool]) -> dict[str, int]:
        """One slice of the round that is under way, or the first of a new one; answers what it counted.

        Raises ``StoreDownError``, and botocore's errors or ``NotBelievableError`` when the accounts can't be listed:
        come again.
        """
        last, now = self._table.round(), self._now()
        if last and last.done_at and now - last.started_at < EVERY:
            return {"looked": 0, "left": 0}
        under_way = last if last and now - last.started_at < EVERY else self._begin(last, now)
        if under_way is None:
            return {"looked": 0, "left": 0}
        waiting = due(self._table.all(), under_way, self._settings)
        if waiting and waiting[0].account == self._settings.management_account:
            under_way = msgspec.structs.replace(under_way, central=self._central())
        with ThreadPoolExecutor(THREADS) as pool:
            done = sum(pool.map(lambda one: not time_is_up() and self._one(one), waiting))
        left = len(waiting) - done
        if not left:
            under_way = self._finish(under_way)
        if not self._table.keep_round(under_way):
            self._logger.info("another run was first")
        self._metrics.add_metric("AccountsLooked", MetricUnit.Count, done)
        return {"looked": done, "left": left}

    def _begin(self, last: Round | None, now: datetime) -> Round | None:
        """Enrols all accounts; None when another run began the round."""
        if last and last.done_at is None:
            self._logger.error("a round over all accounts was not done within a day")
        postures = self._table.all()
        after = enrolled(postures, self._accounts(), self._settings, now, is_first=last is None)
        begun = Round(started_at=now) if last is None else msgspec.structs.replace(last, started_at=now, done_at=None)
        begun = msgspec.structs.replace(begun, number=begun.number + (last is not None))
        before = {one.account: one for one in postures}
        for one in after:
            if one != before.get(one.account):
                self._table.keep(one)
        if not self._table.keep_round(begun):
            return None
        return msgspec.structs.replace(begun, version=begun.version + 1)

    def _central(self) -> Central:
        try:
            return central(self._abroad.enter(self._settings.management_account))
        except CallFailedError as error:
            return Central(unknown=_no_role(error))

    def _one(self, before: Posture) -> bool:
        """Looks at one account, tells what became worse, and stores it; False when it must be tried again."""
        try:
            after = before if before.dormant else self._looked(before)
            self._tell_and_keep(msgspec.structs.replace(after, tried_at=self._now()))
        except (StoreDownError, NotStoredError):
            self._logger.warning("an account could not be stored", extra={"account": before.account}, exc_info=True)
            return False
        return True

    def _looked(self, before: Posture) -> Posture:
        try:
            reading = self._read(before)
        except Exception as error:
            # One account never stops the rest; of this one nothing is known, which is told.
            self._logger.exception("an account could not be looked at", extra={"account": before.account})
            reading = Reading(via="", unknown={"account": f"a fault of rootwatch's own: {type(error).__name__}"})
        return looked(before, reading, self._now()) if reading else before

    def _read(self, before: Posture) -> Reading | None:
        """None: what was read as root lately is enough."""
        try:
            clients = self._abroad.enter(before.account)
        except CallFailedError as error:
            return self._read_as_root(before, error)
        return self._reader.read(clients, before.disabled)

    def _read_as_root(self, before: Posture, error: CallFailedError) -> Reading | None:
        why = {"account": _no_role(error)}
        allowed = self._settings.posture.assume_root and before.account != self._settings.management_account
        if not allowed or not error.is_refusal:
            return Reading(via="", unknown=why)
        if before.via == "AssumeRoot" and before.read_as_root and self._now() - before.read_as_root < AS_ROOT_EVERY:
            return None
        try:
            clients = self._abroad.enter_as_root(before.account)
        except CallFailedError as refused:
            return Reading(via="", unknown={"account": f"{why['account']}, nor AssumeRoot called ({refused})"})
        return read_as_root(clients)

    def _tell_and_keep(self, read: Posture) -> None:
        found = drift(read, self._settings, self._now())
        for fact in found.over:
            self._observer.tell_over(fact)
        for fact in found.began:
            self._observer.tell(fact)
        self._table.keep(found.posture)

    def _finish(self, under_way: Round) -> Round:
        """Once a week, the digest. Raises ``StoreDownError`` and ``NotStoredError``."""
        now = self._now()
        if under_way.digest != week(now):
            self._observer.tell(weekly(self._table.all(), under_way.central, self._settings, now))
        return msgspec.structs.replace(under_way, done_at=now, digest=week(now))


def _no_role(error: CallFailedError) -> str:
    return f"the role {ROLE} cannot be taken ({error})"
