"""The slow pass: reads the break-glass tag of every account, so that windows are known before they are needed.

It tells what no record told of: a value that is no window, and once a week the tags that have expired.

Within the API's rates (ListTagsForResource 10 a second, https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html):
the alerts of the monitor need some of them too. The order is another one each time: a pass that is cut short at its
deadline, as with very many accounts, leaves out others than the one before. What it tells, the sweep sends.
"""

import random
import time
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.core import tag_readings
from rootwatch.core.fact import Fact
from rootwatch.core.tag_state import TagState, state_of_value
from rootwatch.core.tags import read_tagging
from rootwatch.edge.observer import LeftToTheSweep, Observer
from rootwatch.edge.retrying import NotStoredError
from rootwatch.handlers import wiring
from rootwatch.handlers.wiring import Event, logger, metrics

_PER_SECOND: Final = 5.0
_SPARE_MILLISECONDS: Final = 10_000


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 # the schedule's event says nothing
    """Reads what it has time for; keeps each value that the table does not know yet."""
    accounts = wiring.directory().accounts()
    random.shuffle(accounts)
    read = kept = 0
    found: list[TagState] = []
    for account in accounts:
        if context.get_remaining_time_in_millis() <= _SPARE_MILLISECONDS:
            logger.warning("the pass was cut short", extra={"read": read, "accounts": len(accounts)})
            break
        began = time.monotonic()
        state, was_new = _read(account)
        kept += was_new
        found += [state] if state else []
        read += 1
        time.sleep(max(0.0, 1 / _PER_SECOND - (time.monotonic() - began)))
    _tell(tag_readings.expired(found, wiring.now()))
    metrics.add_metric("AccountsRead", MetricUnit.Count, read)
    return {"read": read, "kept": kept}


def _read(account: str) -> tuple[TagState | None, bool]:
    """What the account's tag is, and whether its value was new to us."""
    store = wiring.store()
    tags = store.tags(account)
    value, at = wiring.directory().break_glass_tag(account)
    _tell(tag_readings.without_record(tags, value, at))
    reading = read_tagging(tags, value, at)
    kept = store.keep(tags, reading) if reading else False
    return (state_of_value(account, value, at) if value is not None else None), kept


def _tell(fact: Fact | None) -> None:
    if fact is None:
        return
    try:
        Observer(wiring.store(), wiring.directory(), LeftToTheSweep(), wiring.settings(), wiring.now).tell(fact)
    except NotStoredError:
        logger.warning("what a tag shows could not be told: the next pass does it", exc_info=True)
