"""What the monitor and the backstop share: a batch of messages, each of which answers for itself, and the intake.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (partial batch responses)
"""

from collections.abc import Callable

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.catalogue import load
from rootwatch.edge.country import country
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.intake import Intake
from rootwatch.handlers import wiring
from rootwatch.handlers.wiring import Event, logger, metrics


def process(event: Event, context: LambdaContext, take: Callable[[SQSRecord], None]) -> PartialItemFailureResponse:
    """Hands each message to ``take``; those for which it raises are named, and come again."""

    def handle(record: SQSRecord) -> None:  # Powertools calls its parameter by this name
        take(record)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event=event, record_handler=handle, processor=processor, context=context)
    for _, error, _ in processor.exceptions:
        # The processor itself says nothing of them.
        logger.error("a message comes again", exc_info=error)
    return answer


def receives_of(message: SQSRecord) -> int:
    """How often a message was received, this time included."""
    return int(message.attributes.approximate_receive_count or 1)


def intake() -> Intake:
    """The intake of one invocation."""
    return Intake(
        store=wiring.store(),
        directory=wiring.directory(),
        delivery=delivery(),
        settings=wiring.settings(),
        catalogue=load(),
        country_of=country,
        now=wiring.now,
        logger=logger,
        metrics=metrics,
        manifest=wiring.manifest(),
    )


def delivery() -> Delivery:
    """The delivery of one invocation."""
    return Delivery(wiring.store(), wiring.channel, wiring.now, logger, metrics, wiring.settings(), wiring.pace())
