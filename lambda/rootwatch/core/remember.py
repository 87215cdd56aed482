"""What a record adds to the memory of accounts: its own root use, and what it does to the root of others."""

from collections.abc import Iterator, Mapping

from rootwatch.core import tags, tasks
from rootwatch.core.fact import Fact
from rootwatch.core.record import Record, Unreadable
from rootwatch.core.root_use import not_from_cloudtrail
from rootwatch.core.seen import Seen
from rootwatch.core.settings import Settings


def accounts(item: Record | Unreadable, own: str | None, settings: Settings) -> tuple[str, ...]:
    """The accounts whose memory a record adds to. ``own``: that of its root use or watch event, if it is one."""
    named = {account for account, _, _ in _traces(item, settings)}
    return tuple(sorted(named | ({own} if own else set())))


def remembered(
    item: Record | Unreadable, fact: Fact | None, incident_id: str | None, known: Mapping[str, Seen], settings: Settings
) -> tuple[Seen, ...]:
    """The memories as they shall stand; of accounts that could not be looked up, none."""
    seen = dict(known)
    if fact and incident_id and fact.account in seen:
        seen[fact.account] = seen[fact.account].with_fact(fact, incident_id)
    for account, kind, says in _traces(item, settings):
        told = fact is not None and fact.is_watch_event and fact.account == account
        if account in seen and not told and isinstance(item, Record) and item.time:
            seen[account] = seen[account].with_trace(kind, says, item.time)
    return tuple(one for account, one in sorted(seen.items()) if one != known[account])


def _traces(item: Record | Unreadable, settings: Settings) -> Iterator[tuple[str, str, str]]:
    """(account, kind, what happened to its root): a granted AssumeRoot, and what changes its tags."""
    if not isinstance(item, Record) or not_from_cloudtrail(item):
        return
    who = item.identity.arn if item.identity else None
    task = tasks.task_of(item)
    if task and task.target and task.caller in settings.may_assume_root:
        yield task.target, "assume-root", f"AssumeRoot ({task.policy}) by {task.principal}"
    for one in tags.taggings_of(item, settings):
        name = "break-glass tag" if one.purpose == "window" else "approval tag"
        yield one.account, "tag", f"the {name} was {'removed' if one.value is None else 'set'} by {who}"
