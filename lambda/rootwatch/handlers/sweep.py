"""The sweep, each minute: sends that are due again, held pages, digests, closes. By the index, never by a scan.

It stays for the minute when a send falls due within it: a held page then goes out to the second, not to the minute.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.core.lifecycle import tick
from rootwatch.core.ports import Due
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.table import Table
from rootwatch.handlers import wiring
from rootwatch.handlers.wiring import Event, logger, metrics

_PAGE: Final = 100
_WATCH_SECONDS: Final = 60.0  # until the next sweep is there
_SPARE_MILLISECONDS: Final = 12_000  # longer than one call to a channel that does not answer


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 # the schedule's event says nothing
    """Works through all that is due, the worst first, until nothing is left for this minute or the time is up."""
    store = wiring.store()
    delivery = Delivery(store, wiring.channel, wiring.now, logger, metrics)
    until = time.monotonic() + _WATCH_SECONDS
    done: set[Due] = set()
    while context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS:
        due = [one for one in store.due(wiring.now(), _PAGE) if one not in done]
        if due:
            done.update(_work_through(due, store, delivery, context))
        elif not _wait_for_next(store, until - time.monotonic()):
            break
    metrics.add_metric("Swept", MetricUnit.Count, len(done))
    return {"swept": len(done)}


def _work_through(due: Iterable[Due], store: Table, delivery: Delivery, context: LambdaContext) -> Iterable[Due]:
    for one in due:
        if context.get_remaining_time_in_millis() <= _SPARE_MILLISECONDS:
            return
        yield one
        if one.channel:
            delivery.deliver(one)
        else:
            _advance(one, store, delivery)


def _wait_for_next(store: Table, seconds: float) -> bool:
    """Waits for the next send that falls due within so many seconds; False when there is none."""
    now = wiring.now()
    soon = store.due(now + timedelta(seconds=seconds), _PAGE) if seconds > 0 else []
    waits = [(one.due_at - now).total_seconds() for one in soon if one.channel and one.due_at and one.due_at > now]
    if not waits:
        return False
    time.sleep(min(waits))
    return True


def _advance(due: Due, store: Table, delivery: Delivery) -> None:
    """Gives an incident its digest or its close. Somebody else was first: the next sweep looks again."""
    incident = store.incident(due.incident)
    moved = tick(incident, wiring.settings(), wiring.now()) if incident else None
    if moved and store.advance(*moved):
        delivery.deliver_all(moved[1])
