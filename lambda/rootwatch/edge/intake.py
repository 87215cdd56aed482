"""Taking one record in: load, decide, commit, send. The way of every record, whichever path it came by."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

from rootwatch.catalogue import Catalogue
from rootwatch.core.comparison import Manifest
from rootwatch.core.decide import decide
from rootwatch.core.notice import Notice, Page
from rootwatch.core.paths import received
from rootwatch.core.ports import Directory, Known, Needs, Plan, Store, StoreDownError
from rootwatch.core.record import Item, Record, Unreadable, mentions_root
from rootwatch.core.scopes import needs
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging, read_tagging
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.dynamo import RecordRefusedError
from rootwatch.edge.retrying import RECORD_TRIES, NotStoredError, Patience
from rootwatch.edge.reviser import Reviser
from rootwatch.edge.storms import Storms

_DEGRADED_RECEIVES: Final = 2


class Intake:
    """From a record to stored facts and sent notices, for one invocation."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        delivery: Delivery,
        settings: Settings,
        catalogue: Catalogue,
        country_of: Callable[[str | None], str | None],
        now: Callable[[], datetime],
        logger: Logger,
        metrics: Metrics,
        manifest: Manifest | None = None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._delivery = delivery
        self._settings = settings
        self._catalogue = catalogue
        self._country_of = country_of
        self._now = now
        self._logger = logger
        self._metrics = metrics
        self._manifest = manifest
        self._patience = Patience()
        self._reviser = Reviser(store, delivery, settings, now, logger)
        self._storms = Storms(store, delivery, settings, now, logger)

    def take(self, item: Item, receives: int, waited: timedelta = timedelta()) -> Plan | None:
        """Takes one record in: the plan that was stored; None for a duplicate. ``receives`` is how often its message
        was received, this time included; ``waited``: how long that lay in our queue, which matters to log files alone.

        Raises ``NotStoredError`` when the message must come again.
        """
        try:
            plan = self._stored(item, waited)
        except StoreDownError as error:
            self._tell_without_table(item, receives)
            raise NotStoredError(str(error)) from error
        except RecordRefusedError:
            self._logger.exception("the table refuses the record's items", extra={"record": item.key})
            plan = self._set_aside(item, receives)
        if plan:
            self._say(plan, item)
            self._delivery.deliver_stored(plan.notices)
        else:
            self._metrics.add_metric("Duplicates", MetricUnit.Count, 1)
        self._revise_after([item], plan)
        if plan and plan.paging:
            self._storms.look()
        return plan

    def taken_before(self, items: Sequence[Item]) -> list[bool]:
        """Whether each of these records, a hundred at most, is in the table by now. None of them where it can't say."""
        keys = [self._needed(item, self._now())[1].key for item in items]
        try:
            there = self._store.recorded(keys)
        except (StoreDownError, RecordRefusedError):
            self._logger.warning("which records were taken in before could not be seen", exc_info=True)
            return [False] * len(keys)
        return [key in there for key in keys]

    def take_again(self, items: Sequence[Item]) -> None:
        """Takes in records that are in the table: duplicates, all at once. Raises ``NotStoredError``."""
        self._metrics.add_metric("Duplicates", MetricUnit.Count, len(items))
        self._revise_after(items, None)

    def _revise_after(self, items: Sequence[Item], plan: Plan | None) -> None:
        """For duplicates too: a crash after their commit may have left this undone."""
        try:
            self._reviser.revise_after(items, plan)
        except StoreDownError as error:
            raise NotStoredError(str(error)) from error

    def _stored(self, item: Item, waited: timedelta) -> Plan | None:
        """The plan that was stored, or None for a duplicate."""
        for tried in range(RECORD_TRIES):
            if tried:
                self._patience.pause(tried)
            now = self._now()
            item, needed = self._needed(item, now)
            known = self._store.load(needed)
            if known.duplicate:
                return None
            plan = received(self._decided(item, known, needed.account, now), item, self._settings, now, waited)
            outcome = self._store.commit(plan, now)
            if outcome == "committed":
                return plan
            if outcome == "duplicate":
                return None
        raise NotStoredError(f"other workers were first {RECORD_TRIES} times")

    def _needed(self, item: Item, now: datetime) -> tuple[Item, Needs]:
        """What must be known of it; a record that breaks us here already is unreadable from here on."""
        try:
            return item, needs(item, self._settings, now)
        except Exception:
            self._logger.exception("what a record needs could not be told", extra={"record": item.key})
            unreadable = _as_unreadable(item)
            return unreadable, needs(unreadable, self._settings, now)

    def _decided(self, item: Item, known: Known, concerned: str | None, now: datetime) -> Plan:
        """The plan; a record that breaks us is told as unreadable, never dropped. ``concerned`` is the account whose
        name the alert needs."""
        if concerned:
            known = msgspec.structs.replace(known, account=self._directory.account(concerned))
        if isinstance(item, Record):
            known = msgspec.structs.replace(known, country=self._country_of(item.address), manifest=self._manifest)
        try:
            plan = decide(item, known, self._settings, self._catalogue, now)
            read = self._tag_that_may_explain(plan, known)
            return decide(item, _with(known, read), self._settings, self._catalogue, now) if read else plan
        except Exception:
            self._logger.exception("a record could not be decided on", extra={"record": item.key})
            return decide(_as_unreadable(item), known, self._settings, self._catalogue, now)

    def _tag_that_may_explain(self, plan: Plan, known: Known) -> Tagging | None:
        """The account's tag, read only where a page would go out, if it says what the table does not know yet."""
        account = plan.fact.account if plan.fact else None
        if account not in known.tags or all(notice.page is None for notice in plan.notices):
            return None
        return read_tagging(known.tags[account], *self._directory.break_glass_tag(account))

    def _tell_without_table(self, item: Item, receives: int) -> None:
        """Law 1: the table is down, the alert goes out all the same, on the first two receives of its message."""
        if receives > _DEGRADED_RECEIVES:
            return
        now = self._now()
        item, needed = self._needed(item, now)
        plan = self._decided(item, Known(), needed.account, now)
        plan = received(plan, item, self._settings, now, timedelta())
        for notice in plan.notices:
            degraded = _degraded(notice, item.account, now)
            for channel in degraded.channels:
                outcome = self._delivery.send(degraded, channel, None)
                self._logger.warning(
                    "sent without the table",
                    extra={"channel": channel, "state": outcome.state, "reason": outcome.reason, "record": item.key},
                )

    def _set_aside(self, item: Item, receives: int) -> Plan | None:
        """Marks a record whose items can't be stored, so that it is counted; whom it should reach is told directly."""
        self._tell_without_table(item, receives)
        # A forged record's key, too, is its own.
        key = self._needed(item, self._now())[1].key
        plan = Plan(key=key, disposition="unreadable", reason="DynamoDB refuses what the record would store")
        try:
            return plan if self._store.commit(plan, self._now()) == "committed" else None
        except (StoreDownError, RecordRefusedError) as error:
            raise NotStoredError(str(error)) from error

    def _say(self, plan: Plan, item: Item) -> None:
        self._metrics.add_metric(f"Records{plan.disposition.capitalize()}", MetricUnit.Count, 1)
        if plan.heard and plan.path == "EventBridge":
            self._metrics.add_metric("CanariesHeard", MetricUnit.Count, 1)
        # One comes from each account and Region each hour: how many is a metric, and of which place is in the table.
        say = self._logger.debug if plan.disposition == "canary" else self._logger.info
        say(
            "record taken in",
            extra={
                "disposition": plan.disposition,
                "record": plan.key,
                "reason": plan.reason,
                "kind": plan.kind,
                "path": plan.path,
                "account": item.account,
                "incident": plan.incident.id if plan.incident else None,
            },
        )


def _with(known: Known, read: Tagging) -> Known:
    tags = {**known.tags, read.account: known.tags[read.account].with_more(read)}
    return msgspec.structs.replace(known, tags=tags, tags_read=(read,))


def _as_unreadable(item: Item) -> Unreadable:
    if isinstance(item, Unreadable):
        return item
    return Unreadable(
        key=item.key,
        reason="it could not be judged",
        mentions_root=_mentions_root(item),
        event_id=item.event_id,
        account=item.account,
        region=item.region,
        envelope=item.envelope,
    )


def _mentions_root(record: Record) -> bool:
    return mentions_root(record.body.get("userIdentity"))


def _degraded(notice: Notice, account: str | None, now: datetime) -> Notice:
    """The notice marked "duplicates possible", with one dedup_key an account and hour."""
    page = notice.page
    if page:
        page = Page(page.harm, page.severity, f"rootwatch/{account or 'unknown'}/degraded/{now:%Y-%m-%dT%H}")
    return msgspec.structs.replace(notice, page=page, duplicates_possible=True)
