"""Judging records without a table: each as the first of its account, AssumeRoot and tag records known to all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from rootwatch.catalogue import load
from rootwatch.core.decide import decide
from rootwatch.core.ports import Known, Plan
from rootwatch.core.record import Item, Record
from rootwatch.core.scopes import needs
from rootwatch.core.sections import PagerDuty, Slack
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.tasks import Task, is_assume_root, task_of
from rootwatch_cli.windows_file import tags_by_account

_OF_OTHERS: Final = frozenset({"organizations.amazonaws.com", "account.amazonaws.com"})
_NOBODY: Final = "000000000000"


class Knowledge(msgspec.Struct, frozen=True):
    """What the whole input says that explains single records: AssumeRoots by access key, tags by account."""

    tasks: dict[str, Task]
    tags: dict[str, Tags]


def knowledge(items: Sequence[Item], windows: Iterable[Tagging], settings: Settings) -> Knowledge:
    """What these items say. ``windows`` are tags besides those that they set. Those that ``may_explain`` are enough."""
    found = (task_of(item) for item in items if isinstance(item, Record))
    tasks = {task.access_key_id: task for task in found if task}
    return Knowledge(tasks, tags_by_account(items, windows, settings))


def may_explain(item: Item) -> bool:
    """Whether ``knowledge`` and ``believing`` look at an item at all."""
    return isinstance(item, Record) and (is_assume_root(item) or item.source in _OF_OTHERS)


def judged(item: Item, known: Knowledge, settings: Settings, now: datetime) -> Plan:
    """The plan of an item as the first of its account. ``now`` stands in for the time of a record that has none."""
    needed = needs(item, settings, now)
    tags = {account: known.tags[account] for account in needed.tags_of if account in known.tags}
    return decide(item, Known(task=known.tasks.get(needed.access_key or ""), tags=tags), settings, load(), now)


def believing(items: Iterable[Item]) -> Settings:
    """Settings for input whose organisation we don't know: AWS let these accounts call AssumeRoot and change others."""
    callers = {item.account for item in items if item.account and may_explain(item)}
    return believing_accounts(tuple(sorted(callers)))


@lru_cache(maxsize=1024)
def believing_accounts(accounts: tuple[str, ...]) -> Settings:
    """Settings in which these accounts may call AssumeRoot and change others."""
    return Settings(
        organization_id="o-unknown00000",
        management_account=_NOBODY,
        hub_account=_NOBODY,
        hub_region="us-east-1",
        organizational_units=("r-unknown",),
        regions=("us-east-1",),
        root_access_administrators=accounts,
        slack=Slack(secret="unknown"),  # noqa: S106 # a secret's name, and not one that exists
        pagerduty=PagerDuty(secret="unknown"),  # noqa: S106 # the same
    )
