"""The slow pass: reads the break-glass tag of every account, so that windows are known before they are needed.

Within the API's rates (ListTagsForResource 10 a second, https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html):
the alerts of the monitor need some of them too. The order is another one each time: a pass that is cut short at its
deadline, as with very many accounts, leaves out others than the one before.
"""

import random
import time
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from rootwatch.core.tags import read_tagging
from rootwatch.handlers import wiring
from rootwatch.handlers.wiring import Event, logger, metrics

_PER_SECOND: Final = 5.0
_SPARE_MILLISECONDS: Final = 10_000


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 # the schedule's event says nothing
    """Reads what it has time for; keeps each value that the table does not know yet."""
    store, directory = wiring.store(), wiring.directory()
    accounts = directory.accounts()
    random.shuffle(accounts)
    read = kept = 0
    for account in accounts:
        if context.get_remaining_time_in_millis() <= _SPARE_MILLISECONDS:
            logger.warning("the pass was cut short", extra={"read": read, "accounts": len(accounts)})
            break
        began = time.monotonic()
        tags = store.tags(account)
        reading = read_tagging(tags, *directory.break_glass_tag(account))
        if reading:
            kept += store.keep(tags, reading)
        read += 1
        time.sleep(max(0.0, 1 / _PER_SECOND - (time.monotonic() - began)))
    metrics.add_metric("AccountsRead", MetricUnit.Count, read)
    return {"read": read, "kept": kept}
