"""The heartbeat, each minute: presses the switch outside of AWS while all is well."""

from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.handlers import wiring
from rootwatch.handlers.wiring import Event, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, bool]:  # noqa: ARG001 # the schedule's event says nothing
    """One beat, or none."""
    return {"beat": wiring.heartbeat().beat()}
