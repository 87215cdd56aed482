"""Coverage, every five minutes: the watch watches itself.

Canaries for a twelfth of the accounts, what became of the last ones, who belongs to the organisation, what is deployed,
and what the trail does.
"""

from typing import Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.edge.comparing import Comparing
from rootwatch.edge.coverage import Coverage
from rootwatch.edge.deploying import Deploying
from rootwatch.edge.observer import Observer
from rootwatch.edge.rounds import Rounds
from rootwatch.edge.trails import Trails
from rootwatch.handlers import abroad, at_home, batches, wiring
from rootwatch.handlers.wiring import Event, logger, metrics

_SPARE_MILLISECONDS: Final = 45_000  # what is begun has time to end


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 # the schedule's event says nothing
    """One run; what it has no time for, the next one does."""
    return _coverage().run(lambda: context.get_remaining_time_in_millis() <= _SPARE_MILLISECONDS)


def _coverage() -> Coverage:
    table, settings = wiring.coverage_table(), wiring.settings()
    observer = Observer(wiring.store(), wiring.directory(), batches.delivery(), settings, wiring.now)
    return Coverage(
        table=table,
        paths=wiring.fast_paths(),
        observer=observer,
        accounts=wiring.directory().listed,
        rounds=Rounds(table, abroad.canaries(), wiring.now, logger),
        comparing=Comparing(
            table=table,
            audit=abroad.audit(),
            observer=observer,
            manifest=wiring.manifest(),
            deploying=_deploying(),
            settings=settings,
            now=wiring.now,
            logger=logger,
        ),
        trails=Trails(abroad.audit(), observer, settings.trail_arn, settings, logger),
        settings=settings,
        now=wiring.now,
        logger=logger,
        metrics=metrics,
    )


def _deploying() -> Deploying:
    return Deploying(
        store=wiring.store(),
        delivery=batches.delivery(),
        hub_parts=at_home.hub_parts,
        manifest=wiring.manifest(),
        settings=wiring.settings(),
        logger=logger,
    )
