"""Posture without AWS: the real round on a table in memory, over accounts whose IAM the test makes."""

import itertools
from datetime import timedelta

import msgspec
from aws_lambda_powertools import Logger, Metrics

from rootwatch.core.membership import Listed
from rootwatch.core.ports import StoreDownError
from rootwatch.core.posture import Posture, Round
from rootwatch.core.posture_rules import Verdict, judge
from rootwatch.core.words import PostureRule
from rootwatch.edge.assumed import CallFailedError
from rootwatch.edge.observer import LeftToTheSweep, Observer
from rootwatch.edge.posture_reader import Reader
from rootwatch.edge.posture_round import PostureRound
from tests.support.credentials import Iam
from tests.support.monitor import Monitor

_numbers = itertools.count()


class Table:
    """The posture table; ``down`` makes it fail as one does that can't be reached, ``lost`` forget what it is given."""

    def __init__(self) -> None:
        self.stored: dict[str, Posture] = {}
        self.under_way: Round | None = None
        self.down = False
        self.kept = 0
        self.fails_at: int | None = None  # the how manieth put fails

    def all(self) -> list[Posture]:
        self._check()
        return sorted(self.stored.values(), key=lambda one: one.account)

    def keep(self, one: Posture) -> bool:
        self._check()
        self.kept += 1
        if self.kept == self.fails_at:
            raise StoreDownError("the table is down")
        known = self.stored.get(one.account)
        if (known.version if known else 0) != one.version:
            return False
        # As it is stored: what can't be written as JSON and read back would be noticed.
        text = msgspec.json.encode(msgspec.structs.replace(one, version=one.version + 1))
        self.stored[one.account] = msgspec.json.decode(text, type=Posture)
        return True

    def round(self) -> Round | None:
        self._check()
        return self.under_way

    def keep_round(self, one: Round) -> bool:
        self._check()
        self.under_way = msgspec.structs.replace(one, version=one.version + 1)
        return True

    def _check(self) -> None:
        if self.down:
            raise StoreDownError("the table is down")


class Abroad:
    """Accounts by id. ``refused``: those without our role; ``as_root``: their root, where AssumeRoot reaches it."""

    def __init__(self) -> None:
        self.iam: dict[str, Iam] = {}
        self.refused: dict[str, str] = {}
        self.as_root: dict[str, object] = {}
        self.entered: list[str] = []
        self.roots: list[str] = []

    def enter(self, account: str) -> Iam:
        self.entered.append(account)
        if account in self.refused:
            raise CallFailedError(self.refused[account])
        return self.iam[account]

    def enter_as_root(self, account: str) -> object:
        self.roots.append(account)
        if account not in self.as_root:
            raise CallFailedError("AccessDenied")
        return self.as_root[account]


class Looked(Monitor):
    """The monitor's channels and clock, and posture over them. The management account is always there."""

    def __init__(self, *accounts: str, **changes: object) -> None:
        super().__init__(**changes)
        self.table, self.abroad = Table(), Abroad()
        self.waits: list[float] = []
        self.accounts: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for account in (self.settings.management_account, *accounts):
            self.add(account)
        observer = Observer(self.store, self.directory, LeftToTheSweep(), self.settings, lambda: self.now)
        logger = Logger(service=f"posture-{next(_numbers)}", stream=self.log)
        self.round = PostureRound(
            table=self.table,
            accounts=lambda: [
                Listed(id=number, name=self.names.get(number, ""), status=status)
                for number, status in self.accounts.items()
            ],
            abroad=self.abroad,
            reader=Reader(self.settings.posture, lambda: self.now, self.waits.append),
            observer=observer,
            settings=self.settings,
            now=lambda: self.now,
            logger=logger,
            metrics=Metrics(namespace="test", service="test"),
        )

    def add(self, account: str) -> Iam:
        """One more account, well guarded."""
        self.accounts[account] = "ACTIVE"
        return self.abroad.iam.setdefault(account, Iam())

    def look(self, most: int | None = None) -> dict[str, int]:
        """A run of the function, which has time for so many accounts; then the sweep."""
        begun = itertools.count()
        counts = self.round.run(lambda: most is not None and next(begun) >= most)
        self.later()
        return counts

    def next_day(self, days: float = 1) -> dict[str, int]:
        self.now += timedelta(days=days)
        return self.look()

    def verdicts(self, account: str) -> dict[PostureRule, Verdict]:
        assert self.table.under_way
        judged = judge(self.table.stored[account], self.table.under_way.central, self.settings, self.now)
        return {verdict.rule: verdict for verdict in judged}

    def states(self, account: str) -> dict[PostureRule, str]:
        return {rule: verdict.state for rule, verdict in self.verdicts(account).items()}

    def told(self, kind: str = "root-unlocked") -> list[tuple[str, str, str | None]]:
        """What Slack was told of this kind: type, severity, account; in order."""
        return [
            (notice.type, notice.severity if notice.type != "closed" else "", notice.incident.account)
            for notice in self.watched("slack")
            if notice.incident.scope.split("/")[1] == kind
        ]

    @property
    def paged(self) -> list[str | None]:
        """The accounts of PagerDuty's triggers."""
        return [notice.incident.account for notice in self.watched("pagerduty") if notice.page]
