"""The monitor: from the queue's messages to incidents and alerts.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (partial batch responses)
"""

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.catalogue import load
from rootwatch.core.reading import read_text
from rootwatch.edge.country import country
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.intake import Intake
from rootwatch.handlers import wiring
from rootwatch.handlers.wiring import Event, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> PartialItemFailureResponse:
    """Takes a batch of queue messages; those whose records could not be stored are named, and come again."""
    intake = _intake()

    def take(record: SQSRecord) -> None:
        receives = int(record.attributes.approximate_receive_count or 1)
        failures = []
        for item in read_text(record.body):
            try:
                intake.take(item, receives)
            except Exception as error:  # noqa: BLE001 # one record never stops its neighbours; raised below
                logger.exception("a record was not stored", extra={"record": item.key, "receives": receives})
                failures.append(error)
        if failures:
            # All that could be taken is; the message comes again for the rest, and marks tell which is which.
            raise ExceptionGroup("records were not stored", failures)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event=event, record_handler=take, processor=processor, context=context)
    for _, error, _ in processor.exceptions:
        # The processor itself says nothing of them.
        logger.error("a message comes again", exc_info=error)
    return answer


def _intake() -> Intake:
    store = wiring.store()
    return Intake(
        store=store,
        directory=wiring.directory(),
        delivery=Delivery(store, wiring.channel, wiring.now, logger, metrics),
        settings=wiring.settings(),
        catalogue=load(),
        country_of=country,
        now=wiring.now,
        logger=logger,
        metrics=metrics,
    )
