"""Posture: looks once a day, in slices, at root's and the other credentials of every account. It only looks; what it
tells, the sweep sends."""

import time
from typing import Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.edge.observer import LeftToTheSweep, Observer
from rootwatch.edge.posture_reader import Reader
from rootwatch.edge.posture_round import Abroad, PostureRound
from rootwatch.handlers import abroad, wiring
from rootwatch.handlers.wiring import Event, logger, metrics

_SPARE_MILLISECONDS: Final = 60_000  # what is begun has time to end: a credential report may take half a minute


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 # the schedule's event says nothing
    """One slice of a round, or nothing where the day's is done."""
    return _round().run(lambda: context.get_remaining_time_in_millis() <= _SPARE_MILLISECONDS)


def _round() -> PostureRound:
    settings = wiring.settings()
    return PostureRound(
        table=wiring.posture_table(),
        accounts=wiring.directory().listed,
        abroad=Abroad(abroad.roles(), abroad.client, settings.hub_region),
        reader=Reader(settings.posture, wiring.now, time.sleep),
        observer=Observer(wiring.store(), wiring.directory(), LeftToTheSweep(), settings, wiring.now),
        settings=settings,
        now=wiring.now,
        logger=logger,
        metrics=metrics,
    )
