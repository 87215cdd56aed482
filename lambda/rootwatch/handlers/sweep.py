"""The sweep, each minute: sends that are due again, held pages, digests, closes, reminders of windows, and what
EventBridge did not bring in time. By the index, never by a scan.

It stays for the minute when a send falls due within it: a held page then goes out to the second, not to the minute.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.core.fast_path import Place
from rootwatch.core.ports import Due, StoreDownError
from rootwatch.edge.advance import advance
from rootwatch.edge.booking import Booking
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.observer import Observer
from rootwatch.edge.reminding import Reminding
from rootwatch.edge.storms import Storms
from rootwatch.edge.table import Table
from rootwatch.handlers import wiring
from rootwatch.handlers.wiring import Event, logger, metrics

# Of each shard: what waits for a channel that is down must not hide from us what is due of the others. The index has
# keys alone, so that a page of it is far below the megabyte that a query answers.
_PAGE: Final = 2_000
_COUNTED: Final = 100  # failed sends in one sweep
_WATCH_SECONDS: Final = 60.0  # until the next sweep is there
_LOOKS: Final = 10  # a second of work
_SPARE_MILLISECONDS: Final = 12_000  # longer than one call to a channel that does not answer


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 # the schedule's event says nothing
    """Works through all that is due, the worst first, until nothing is left for this minute or the time is up."""
    store = wiring.store()
    delivery = Delivery(store, wiring.channel, wiring.now, logger, metrics, wiring.settings(), wiring.pace())
    until = time.monotonic() + _WATCH_SECONDS
    done: set[Due] = set()
    _count_failed(store)
    booking = _booking(delivery)
    Storms(store, delivery, wiring.settings(), wiring.now, logger).look()
    looked: set[str | Place] = set()
    reminding = _reminding(delivery)
    while context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS:
        now = wiring.now()
        due = [one for one in store.due(now, _PAGE) if one not in done]
        metrics.add_metric("OldestDueSeconds", MetricUnit.Seconds, _oldest(due, now))
        if due:
            done.update(_work_through(due, store, delivery, context))
        elif _look_at_fast_path(booking, looked) or reminding.look():
            continue  # what it told may be due again
        elif not _wait_for_next(store, until - time.monotonic()):
            break
    metrics.add_metric("Swept", MetricUnit.Count, len(done))
    return {"swept": len(done)}


def _count_failed(store: Table) -> None:
    """Counts sends that failed for good, for their alarm: from the table, since what a function counts is lost when its
    process ends. A crash in between counts some twice, which the alarm may. What is due does not wait for it."""
    try:
        failed = store.uncounted(_COUNTED)
        if failed:
            metrics.add_metric("SendsFailed", MetricUnit.Count, len(failed))
            metrics.flush_metrics()
        for one in failed:
            store.counted(one)
    except StoreDownError:
        logger.exception("the sends that failed could not be counted")


def _oldest(due: Iterable[Due], now: datetime) -> float:
    """For how many seconds the oldest of these sends has been due; 0 when none is."""
    return max(((now - one.due_at).total_seconds() for one in due if one.channel and one.due_at), default=0.0)


def _work_through(due: Iterable[Due], store: Table, delivery: Delivery, context: LambdaContext) -> Iterable[Due]:
    for one in due:
        if context.get_remaining_time_in_millis() <= _SPARE_MILLISECONDS:
            return
        yield one
        if one.channel:
            delivery.deliver(one)
        else:
            advance(one, store, delivery, wiring.settings(), wiring.now())


def _booking(delivery: Delivery) -> Booking:
    observer = Observer(wiring.store(), wiring.directory(), delivery, wiring.settings(), wiring.now)
    return Booking(wiring.fast_paths(), observer, wiring.settings(), logger, metrics)


def _reminding(delivery: Delivery) -> Reminding:
    observer = Observer(wiring.store(), wiring.directory(), delivery, wiring.settings(), wiring.now)
    return Reminding(wiring.store(), observer, wiring.settings(), wiring.now, logger)


def _look_at_fast_path(booking: Booking, looked: set[str | Place]) -> bool:
    """Looks at a few of what is due there, once each: sends go first. False when there was nothing to look at."""
    due = [one for one in wiring.fast_paths().due(wiring.now(), _PAGE) if one not in looked][:_LOOKS]
    for one in due:
        looked.add(one)
        try:
            booking.look(one)
        except Exception:  # noqa: BLE001 # logged whole
            # One that can't be booked holds up no other; it is due again with the next sweep.
            logger.exception("the fast path could not be looked at", extra={"due": one})
    return bool(due)


def _wait_for_next(store: Table, seconds: float) -> bool:
    """Waits for the next send that falls due within so many seconds; False when there is none."""
    now = wiring.now()
    soon = store.due(now + timedelta(seconds=seconds), _PAGE) if seconds > 0 else []
    waits = [(one.due_at - now).total_seconds() for one in soon if one.channel and one.due_at and one.due_at > now]
    if not waits:
        return False
    time.sleep(min(waits))
    return True
