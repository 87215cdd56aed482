"""Who cuts a rule, archives their bus and replays it later, or pretends to be another account, hides nothing from the
log files: neither the root use itself nor that EventBridge did not bring it."""

import pytest

from rootwatch.core.record import Envelope, from_body
from tests.support.records import ACCOUNT, THIRD, body
from tests.support.two_paths import TwoPaths

FORGERIES = {
    "an archive's replay": Envelope(account=ACCOUNT, region="us-east-1", source="aws.iam", replay_name="again"),
    "a partner's event": Envelope(account=ACCOUNT, region="us-east-1", source="aws.partner/example.com/1/any"),
    "another account": Envelope(account=THIRD, region="us-east-1", source="aws.iam"),
}
of_every_forgery = pytest.mark.parametrize("envelope", FORGERIES.values(), ids=FORGERIES)


def bring(both, record, envelope):
    """As the monitor takes in what was forwarded, twice: the second time it is a duplicate of itself."""
    for _ in range(2):
        item = from_body(record, envelope)
        both.hearing.heard(item, both.intake.take(item, 1))


@of_every_forgery
def test_what_was_forged_before_the_log_file_came_does_not_silence_it(envelope):
    both, record = TwoPaths(), body("CreateAccessKey")
    bring(both, record, envelope)
    paged = len(both.seen("pagerduty"))
    both.by_log_file(record)
    assert len(both.seen("pagerduty")) == paged + 1


@of_every_forgery
def test_what_was_forged_after_it_does_not_hide_that_the_fast_path_was_lost(envelope):
    both, record = TwoPaths(), body("CreateAccessKey")
    both.by_log_file(record)
    bring(both, record, envelope)
    both.later(minutes=20)
    assert len(both.told("fast-path-lost")) == 1
