"""The backstop: from the trail's log files to the same incidents. What EventBridge brought is a duplicate here.

The queue's messages are EventBridge's "Object Created" events. Anybody in the organisation can have one of a bucket of
their own forwarded to the hub: what is not of the trail's bucket is refused, and does not come again.
"""

from datetime import UTC, datetime

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.edge.file_intake import FileIntake
from rootwatch.edge.log_reader import LogReader
from rootwatch.edge.observer import Observer
from rootwatch.handlers import batches, wiring
from rootwatch.handlers.wiring import Event, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> PartialItemFailureResponse:
    """Reads the log files that a batch tells of; those that could not be fetched, or taken in whole, come again."""
    intake = batches.intake()
    observer = Observer(wiring.store(), wiring.directory(), batches.delivery(), wiring.settings(), wiring.now)
    reader = LogReader(wiring.log_files(), observer.tell, wiring.settings(), wiring.now, logger, metrics)

    def take(message: SQSRecord) -> None:
        receives = batches.receives_of(message)
        waited = wiring.now() - datetime.fromtimestamp(int(message.attributes.sent_timestamp) / 1000, UTC)
        reader.read(message.body, FileIntake(intake, receives, waited, logger).take_all)

    return batches.process(event, context, take)
