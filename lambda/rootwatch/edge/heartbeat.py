"""The switch outside of AWS: it is pressed each minute while all is well, and trips when we fall silent.

The address is a secret: whoever knows it could keep the switch pressed.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import requests
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from rootwatch.core.health import ailments
from rootwatch.core.ports import StoreDownError
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch.edge.http import TIMEOUT_SECONDS
from rootwatch.edge.secrets import SecretError, Secrets

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

# http only to this machine, for the demo's receivers.
_URL: Final = re.compile(r"https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:[0-9]+)?(/\S*)?")
_LOOK_BACK: Final = timedelta(minutes=10)


class Heartbeat:
    """``queues``: the names of those whose messages must not grow old."""

    def __init__(
        self,
        *,
        table: CoverageTable,
        cloudwatch: "CloudWatchClient",
        queues: Sequence[str],
        secrets: Secrets,
        secret: str,
        http: requests.Session,
        now: Callable[[], datetime],
        logger: Logger,
        metrics: Metrics,
    ) -> None:
        self._table = table
        self._cloudwatch = cloudwatch
        self._queues = queues
        self._secrets = secrets
        self._secret = secret
        self._http = http
        self._now = now
        self._logger = logger
        self._metrics = metrics

    def beat(self) -> bool:
        """Presses the switch if all is well; False when it did not. Never raises."""
        bad = self._ailments()
        if bad:
            self._logger.error("no heartbeat", extra={"because": bad})
            self._metrics.add_metric("HeartbeatsWithheld", MetricUnit.Count, 1)
            return False
        trouble = self._press()
        if trouble:
            self._logger.error("the heartbeat did not arrive", extra={"because": trouble})
        self._metrics.add_metric("HeartbeatsFailed" if trouble else "HeartbeatsSent", MetricUnit.Count, 1)
        return not trouble

    def _ailments(self) -> tuple[str, ...]:
        now = self._now()
        try:
            return ailments(self._table.health(), self._table.oldest_unsent(now), self._queue_age(now), now)
        except StoreDownError as error:
            return (f"the table does not answer: {error}",)
        except (ClientError, BotoCoreError) as error:
            return (f"the age of the queues is not known: {type(error).__name__}",)
        except Exception:
            self._logger.exception("the heartbeat could not look")
            return ("it could not be found out",)

    def _queue_age(self, now: datetime) -> timedelta | None:
        """The age of the oldest message; None when CloudWatch knows none, as of an empty queue.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
        """
        answer = self._cloudwatch.get_metric_data(
            StartTime=now - _LOOK_BACK,
            EndTime=now,
            ScanBy="TimestampDescending",
            MetricDataQueries=[
                {
                    "Id": f"age{number}",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/SQS",
                            "MetricName": "ApproximateAgeOfOldestMessage",
                            "Dimensions": [{"Name": "QueueName", "Value": queue}],
                        },
                        "Period": 60,
                        "Stat": "Maximum",
                    },
                }
                for number, queue in enumerate(self._queues)
            ],
        )
        latest = [result["Values"][0] for result in answer["MetricDataResults"] if result.get("Values")]
        return timedelta(seconds=max(latest)) if latest else None

    def _press(self) -> str:
        """Why the switch could not be pressed; "" when it was. The address is in no word of it."""
        try:
            _, url = self._secrets.field(self._secret, "url")
        except SecretError as error:
            return str(error)
        if not _URL.fullmatch(url):
            return f"the secret {self._secret} holds no https address in its field url"
        try:
            answer = self._http.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            return f"no answer: {type(error).__name__}"
        arrived = answer.ok and answer.status_code < requests.codes.multiple_choices
        return "" if arrived else f"HTTP {answer.status_code}"
