"""The bill of a month: each item is a quantity times a price, and says what it counts."""

import json
from collections.abc import Iterator
from typing import Final

import msgspec

from docs._cost.assumed import HOURS, MINUTES, assumed
from docs._cost.organisation import Organisation
from docs._cost.prices import prices
from docs._generators.alarms import FUNCTIONS
from stacks import alarm, alarms, dashboard

_GB: Final = 1_000_000_000
_FILES_AN_HOUR: Final = 12  # of a Region in which something happens all the time: one each five minutes
_MONTHS_KEPT: Final = 400 / 30.4  # the settings' `retention_days`
_QUEUES: Final = 2
_POLLS: Final = 5 * 3 * MINUTES  # five pollers, each of which waits 20 seconds for a message
_THREADS: Final = 16


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """``group``: what it is for. ``dollars`` a month."""

    group: str
    price: str
    quantity: float

    @property
    def dollars(self) -> float:
        """What it costs."""
        return prices()[self.price].of(self.quantity)


CANARIES: Final = "canaries, heard by EventBridge"
FILES: Final = "log files, told of and read"
STORED: Final = "log files of our own trail: written and kept"
TAGS: Final = "tags of all accounts, read every 15 minutes"
COVERAGE: Final = "coverage: sending, comparing, remembering"
POSTURE: Final = "posture: how credentials are guarded, once a day"
WATCHING: Final = "metrics, alarms, dashboard"
STANDING: Final = "keys, secrets, schedules, polling, the rest"
SECOND: Final = "a second trail's management events"


def bill(org: Organisation) -> list[Item]:
    """Every item of a month. Root itself is taken to be used so seldom that it costs nothing."""
    return [
        *_canaries(org),
        *_files(org),
        *(_stored(org) if org.trail == "own" else ()),
        *_coverage(org),
        *_tags(org),
        *_posture(org),
        *_watching(),
        *_standing(org),
    ]


def second_trail(org: Organisation) -> Item:
    """What a trail of our own costs beside one that is there: each management event once more."""
    events = org.accounts * org.habits.events + canary_records(org)
    return Item(group=SECOND, price="second_copy", quantity=events)


def canary_records(org: Organisation) -> float:
    """CloudTrail records that canaries cause in a month: one in each place an hour, and AssumeRole in both accounts."""
    return HOURS * (org.places + 2 * org.accounts)


def log_files(org: Organisation) -> float:
    """Log files in a month: one for each canary, at least; twelve an hour where something happens all the time."""
    active = org.accounts * min(org.habits.active_regions, org.regions)
    return HOURS * (org.places - active + _FILES_AN_HOUR * active)


def _canaries(org: Organisation) -> Iterator[Item]:
    heard = HOURS * org.places
    runs = heard / assumed("messages_a_run")
    yield Item(group=CANARIES, price="eventbridge_forwarded", quantity=heard)
    yield Item(group=CANARIES, price="transfer", quantity=heard * assumed("canary_bytes") / _GB)
    yield Item(group=CANARIES, price="sqs", quantity=heard + 2 * runs)
    yield from _runs(CANARIES, runs, assumed("messages_a_run") * assumed("monitor_seconds"), 0.5)
    yield Item(group=CANARIES, price="dynamodb_writes", quantity=heard * assumed("canary_writes"))
    yield Item(group=CANARIES, price="dynamodb_reads", quantity=heard * assumed("canary_reads"))


def _files(org: Organisation) -> Iterator[Item]:
    files, digests = log_files(org), HOURS * org.places
    runs = files / assumed("files_a_run")
    yield Item(group=FILES, price="eventbridge_s3", quantity=files + digests)
    if org.trail == "existing":
        yield Item(group=FILES, price="eventbridge_forwarded", quantity=files)
    yield Item(group=FILES, price="sqs", quantity=files + 2 * runs)
    yield Item(group=FILES, price="s3_get", quantity=files)
    yield Item(group=FILES, price="kms_requests", quantity=files * assumed("bucket_key_share"))
    yield from _runs(FILES, runs, assumed("files_a_run") * assumed("file_seconds"), 0.5)
    yield Item(group=FILES, price="dynamodb_reads", quantity=HOURS * org.places * assumed("duplicate_reads"))
    if org.trail == "existing":
        # What canaries add to a bucket that is paid for already.
        more = HOURS * (org.places - org.accounts * min(org.habits.active_regions, org.regions))
        yield Item(group=FILES, price="s3_put", quantity=more)


def _stored(org: Organisation) -> Iterator[Item]:
    files, digests = log_files(org), HOURS * org.places
    records = org.accounts * org.habits.events + canary_records(org)
    month = ((files + digests) * assumed("file_bytes") + records * assumed("record_bytes")) / _GB
    yield Item(group=STORED, price="s3_put", quantity=files + digests)
    yield Item(group=STORED, price="kms_requests", quantity=(files + digests) * assumed("bucket_key_share"))
    yield Item(group=STORED, price="s3_storage", quantity=month * _MONTHS_KEPT)
    yield Item(group=STORED, price="kms_key", quantity=1)


def _coverage(org: Organisation) -> Iterator[Item]:
    runs = 12 * HOURS
    sending = org.places / 12 * assumed("call_seconds") / _THREADS
    comparing = org.places / 240 * 6 * assumed("call_seconds") / 8
    yield from _runs(COVERAGE, runs, 3 + sending + comparing, 1.0)
    reads = runs * org.places * assumed("place_read_bytes") / 4096
    yield Item(group=COVERAGE, price="dynamodb_reads", quantity=reads)
    yield Item(group=COVERAGE, price="dynamodb_writes", quantity=HOURS * org.accounts * assumed("roll_writes"))


def _tags(org: Organisation) -> Iterator[Item]:
    passes = 4 * HOURS
    yield from _runs(TAGS, passes, min(org.accounts * assumed("tag_seconds"), 14 * 60), 0.5)
    yield Item(group=TAGS, price="dynamodb_reads", quantity=passes * org.accounts)


def _posture(org: Organisation) -> Iterator[Item]:
    passes = 4 * HOURS
    looks = org.accounts * HOURS / 24
    seconds = 1 + looks / passes * assumed("posture_seconds") / 8
    yield from _runs(POSTURE, passes, seconds, 0.5)
    yield Item(group=POSTURE, price="dynamodb_writes", quantity=4 * looks)


def _watching() -> Iterator[Item]:
    yield Item(group=WATCHING, price="cloudwatch_metric", quantity=custom_metrics())
    yield Item(group=WATCHING, price="cloudwatch_alarm", quantity=alarm_count())
    yield Item(group=WATCHING, price="cloudwatch_dashboard", quantity=1)


def alarm_count() -> int:
    """The alarms of a hub with everything set up."""
    return len(alarms.of_hub(FUNCTIONS, records="rootwatch-records", log_files="rootwatch-log-files"))


def custom_metrics() -> int:
    """At most so many: each name counts once for each function that writes it, in the hours in which it does. All of
    them are on the dashboard."""
    body = dashboard.body(region="us-east-1", alarm_arns=(), functions=list(FUNCTIONS), queues=())
    series = [one for widget in json.loads(body)["widgets"] for one in widget["properties"].get("metrics", ())]
    return len({tuple(one[:4]) for one in series if one[0] == alarm.NAMESPACE})


def _standing(org: Organisation) -> Iterator[Item]:
    yield Item(group=STANDING, price="kms_key", quantity=2)  # of the topics
    yield Item(group=STANDING, price="secret", quantity=3)
    yield Item(group=STANDING, price="secret_requests", quantity=3 * 12 * HOURS)
    yield Item(group=STANDING, price="scheduler", quantity=2 * MINUTES + 20 * HOURS)
    yield Item(group=STANDING, price="sqs", quantity=_QUEUES * _POLLS)
    yield from _runs(STANDING, MINUTES, assumed("sweep_seconds"), 0.5)
    yield from _runs(STANDING, MINUTES, assumed("heartbeat_seconds"), 0.5)
    yield Item(group=STANDING, price="cloudwatch_requests", quantity=2 * MINUTES)
    yield Item(group=STANDING, price="dynamodb_reads", quantity=10 * MINUTES)
    yield Item(group=STANDING, price="dynamodb_storage", quantity=HOURS / 10 * org.places * 500 / _GB + 0.01)
    yield Item(group=STANDING, price="sns_email", quantity=assumed("mails"))


def _runs(group: str, runs: float, seconds: float, gigabytes: float) -> Iterator[Item]:
    """Runs of a function: invocations, time, and what they log, which is kept for 400 days."""
    logged = runs * assumed("run_log_bytes") / _GB
    yield Item(group=group, price="lambda_requests", quantity=runs)
    yield Item(group=group, price="lambda_gb_seconds", quantity=runs * seconds * gigabytes)
    yield Item(group=group, price="logs", quantity=logged)
    yield Item(group=group, price="logs_storage", quantity=logged * _MONTHS_KEPT)
