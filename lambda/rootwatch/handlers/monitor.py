"""The monitor: from the queue's messages to incidents and alerts."""

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.core.reading import read_text
from rootwatch.core.record import Item
from rootwatch.core.rehearsal import read_rehearsal
from rootwatch.edge.hearing import Hearing
from rootwatch.edge.observer import Observer
from rootwatch.edge.taking import take_each
from rootwatch.handlers import batches, wiring
from rootwatch.handlers.wiring import Event, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> PartialItemFailureResponse:
    """Takes a batch of queue messages; those whose records could not be stored are named, and come again."""
    intake = batches.intake()
    hearing = Hearing(wiring.fast_paths(), wiring.settings(), wiring.now)

    def take(message: SQSRecord) -> None:
        rehearsal = read_rehearsal(message.body)
        if rehearsal:
            plan = _observer().rehearse(rehearsal)
            logger.info("rehearsed", extra={"nonce": rehearsal.nonce, "reason": plan.reason if plan else "done before"})
            return
        receives = batches.receives_of(message)

        def take_record(item: Item) -> None:
            # Told first: what it says of the fast path can wait.
            plan = intake.take(item, receives)
            hearing.heard(item, plan)

        take_each(read_text(message.body), take_record, logger)

    return batches.process(event, context, take)


def _observer() -> Observer:
    return Observer(wiring.store(), wiring.directory(), batches.delivery(), wiring.settings(), wiring.now)
