"""A whole organisation on this machine: the embedded AWS with rootwatch deployed on it by the real CDK command line,
and the receivers of its alerts. The demo and the integration tests play on it."""

import gzip
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from rootwatch_local.embedded import cdk
from rootwatch_local.embedded.aws import EmbeddedAws
from rootwatch_local.embedded.organisation import Account, Organisation
from rootwatch_local.receivers import Receivers

PROJECT: Final = Path(__file__).resolve().parents[2]
MANAGEMENT: Final = Account(id="111122223333", name="org-management", tags={"owner": "platform@example.com"})
HUB: Final = Account(id="444455556666", name="security", unit="Security", tags={"owner": "security@example.com"})
PAYMENTS: Final = Account(
    id="777788889999", name="prod-payments", unit="Workloads/Production", tags={"owner": "payments@example.com"}
)
DATA: Final = Account(id="123456789012", name="prod-data", unit="Workloads/Production")
SANDBOX: Final = Account(id="210987654321", name="sandbox-ana", unit="Sandbox", tags={"owner": "ana@example.com"})
REGIONS: Final = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "ap-southeast-2")
HUB_REGION: Final = "eu-central-1"
ORGANISATION: Final = Organisation(
    management=MANAGEMENT,
    members=(HUB, PAYMENTS, DATA, SANDBOX),
    administrators={HUB.id: ("securityhub.amazonaws.com",)},
)
_POLL_SECONDS: Final = 0.05


class WorldError(Exception):
    """The organisation could not be set up, or did not do what was waited for; the message is for the user."""


class World:
    """Five accounts, five regions, rootwatch's hub in the security account, its three channels, and a trail.

    ``settings`` are changed as told: ``hub_account`` puts the hub elsewhere; a trail's bucket that they name is made
    before anything is deployed.
    """

    def __init__(self, *, receivers: Receivers | None = None, **settings: Any) -> None:
        self._settings = settings
        self._stack = ExitStack()
        self.receivers = receivers or Receivers()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.receivers = stack.enter_context(self.receivers)
            self.aws = stack.enter_context(EmbeddedAws(mailbox_url=self.receivers.mail_url))
            self._deploy()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    @property
    def settings(self) -> dict[str, Any]:
        """What a team would write in cdk.json, with this machine's receivers as channels."""
        return {
            "organization_id": ORGANISATION.id,
            "management_account": MANAGEMENT.id,
            "hub_account": HUB.id,
            "hub_region": HUB_REGION,
            "organizational_units": [ORGANISATION.root_id],
            "regions": list(REGIONS),
            "slack": {
                "secret": "rootwatch/slack",
                "channel": next(iter(self.receivers.slack.channels)),
                "api_url": self.receivers.slack_api_url,
            },
            "pagerduty": {"secret": "rootwatch/pagerduty", "events_url": self.receivers.pagerduty_events_url},
            "emails": ["security@example.com"],
            "trail": {"create": True},
            **self._settings,
        }

    @property
    def hub(self) -> str:
        """The account that the hub is in."""
        return str(self.settings["hub_account"])

    def emit(self, account: str, region: str, record: Mapping[str, Any]) -> None:
        """Has CloudTrail tell the account's default bus in that region of a record."""
        self.aws.emit(account, region, record)

    def write_log_file(self, account: str, region: str, records: Sequence[Mapping[str, Any]]) -> str:
        """Has CloudTrail write a log file of an account and region into the trail's bucket; returns its key."""
        trail = self.settings["trail"]
        owner = (self.hub, HUB_REGION) if trail.get("create") else (trail["bucket_account"], trail["bucket_region"])
        bucket = trail.get("bucket") or f"rootwatch-trail-{self.hub}-{HUB_REGION}"
        now = datetime.now(UTC)
        key = (
            f"{trail['prefix'] + '/' if trail.get('prefix') else ''}AWSLogs/{ORGANISATION.id}/{account}/CloudTrail/"
            f"{region}/{now:%Y/%m/%d}/{account}_CloudTrail_{region}_{now:%Y%m%dT%H%MZ}_{secrets.token_hex(8)}.json.gz"
        )
        body = gzip.compress(json.dumps({"Records": records}).encode())
        self.aws.client("s3", *owner).put_object(Bucket=bucket, Key=key, Body=body)
        return key

    def redeploy(self, **settings: Any) -> None:
        """Deploys the hub again with these settings changed."""
        self._settings = {**self._settings, **settings}
        assembly = self.aws.folder / "cdk.again"
        self._synthesize(assembly)
        cdk.deploy(self.aws, assembly, ["rootwatch-hub"], HUB.id, HUB_REGION)

    def sweep(self) -> None:
        """Invokes the deployed sweep, which the scheduler does each minute."""
        answer = self.aws.client("lambda", self.hub, HUB_REGION).invoke(FunctionName="rootwatch-sweep")
        if "FunctionError" in answer:
            raise WorldError(f"The sweep failed: {answer['Payload'].read().decode()}")

    def disposition(self, event_id: str) -> str | None:
        """What became of a record, as its mark in the table says; None while it is on its way."""
        key = {"PK": {"S": f"EVT#{event_id}"}, "SK": {"S": "MARK"}}
        found = self.aws.client("dynamodb", self.hub, HUB_REGION).get_item(
            TableName=self.table, Key=key, ConsistentRead=True
        )
        return str(found["Item"]["disposition"]["S"]) if "Item" in found else None

    def wait_until_taken(self, event_id: str, timeout: float = 90.0) -> str:
        """Waits for a record's mark."""
        self.wait_for(lambda: self.disposition(event_id) is not None, f"record {event_id} was not taken in", timeout)
        return self.disposition(event_id) or ""

    def wait_until_drained(self, timeout: float = 90.0) -> None:
        """Waits until the queue holds nothing, in flight or not."""
        sqs = self.aws.client("sqs", self.hub, HUB_REGION)
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

        def empty() -> bool:
            counts = sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)["Attributes"]
            return all(counts[name] == "0" for name in names)

        self.wait_for(empty, "the queue did not become empty", timeout)

    def wait_for(self, holds: Callable[[], bool], complaint: str, timeout: float) -> None:
        """Waits for what only AWS's own interfaces tell."""
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise WorldError(f"Within {timeout:.0f} seconds, {complaint}.")
            time.sleep(_POLL_SECONDS)

    def logs(self) -> list[str]:
        """What the monitor logged."""
        return self.aws.function_logs(self.hub, HUB_REGION, "rootwatch-monitor")

    def _deploy(self) -> None:
        """Synthesizes while the organisation is founded; then the hub, then what the management account deploys."""
        assembly = self.aws.folder / "cdk.out"
        trail = self.settings["trail"] or {}
        archive = (trail["bucket_account"], trail["bucket_region"]) if "bucket" in trail else None
        places = {(self.hub, HUB_REGION), (MANAGEMENT.id, HUB_REGION), *([archive] if archive else [])}
        with ThreadPoolExecutor() as pool:
            synthesized = pool.submit(self._synthesize, assembly)
            self.aws.found(ORGANISATION)
            self._keep_secrets()
            list(pool.map(lambda place: cdk.prepare(self.aws, *place), places))
            if archive:
                self._make_bucket(trail["bucket"], *archive)
            synthesized.result()
        cdk.deploy(self.aws, assembly, ["rootwatch-hub"], self.hub, HUB_REGION)
        if archive:
            cdk.deploy(self.aws, assembly, ["rootwatch-log-archive"], *archive)
        cdk.deploy(self.aws, assembly, ["rootwatch-management"], MANAGEMENT.id, HUB_REGION)
        outputs = self._outputs("rootwatch-hub")
        self.table, self.queue = outputs["TableName"], outputs["QueueUrl"]

    def _synthesize(self, assembly: Path) -> None:
        context = json.loads((PROJECT / "cdk.json").read_bytes())["context"]
        context |= {"rootwatch": self.settings, "target": "local"}
        environment = {**os.environ, "CDK_OUTDIR": str(assembly), "CDK_CONTEXT_JSON": json.dumps(context)}
        done = subprocess.run(
            [sys.executable, "app.py"], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise WorldError(f"app.py ended with {done.returncode}: {done.stderr.strip()[-2000:]}")

    def _make_bucket(self, bucket: str, account: str, region: str) -> None:
        s3 = self.aws.client("s3", account, region)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )

    def _keep_secrets(self) -> None:
        manager = self.aws.client("secretsmanager", self.hub, HUB_REGION)
        held = {
            "rootwatch/slack": {"bot_token": self.receivers.slack.token},
            "rootwatch/pagerduty": {"routing_key": self.receivers.pagerduty.routing_key},
        }
        for name, value in held.items():
            manager.create_secret(Name=name, SecretString=json.dumps(value))

    def _outputs(self, stack: str) -> dict[str, str]:
        described = self.aws.client("cloudformation", self.hub, HUB_REGION).describe_stacks(StackName=stack)
        return {output["OutputKey"]: output["OutputValue"] for output in described["Stacks"][0]["Outputs"]}
