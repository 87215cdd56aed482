"""The sweep, each minute: sends that are due again, digests, closes. By the index, never by a scan."""

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
_SPARE_MILLISECONDS: Final = 12_000  # longer than one call to a channel that does not answer


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 # the schedule's event says nothing
    """Works through all that is due, the worst first, until nothing is left or the time is up."""
    store = wiring.store()
    delivery = Delivery(store, wiring.channel, wiring.now, logger, metrics)
    done: set[tuple[str, str | None, int]] = set()
    while context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS:
        due = [one for one in store.due(wiring.now(), _PAGE) if _name(one) not in done]
        if not due:
            break
        for one in due:
            if context.get_remaining_time_in_millis() <= _SPARE_MILLISECONDS:
                break
            done.add(_name(one))
            if one.channel:
                delivery.deliver(one)
            else:
                _advance(one, store, delivery)
    metrics.add_metric("Swept", MetricUnit.Count, len(done))
    return {"swept": len(done)}


def _advance(due: Due, store: Table, delivery: Delivery) -> None:
    """Gives an incident its digest or its close. Somebody else was first: the next sweep looks again."""
    incident = store.incident(due.incident)
    moved = tick(incident, wiring.settings(), wiring.now()) if incident else None
    if moved and store.advance(*moved):
        delivery.deliver_all(moved[1])


def _name(due: Due) -> tuple[str, str | None, int]:
    return due.incident, due.channel, due.seq
