"""A reader of docs/deploy.md or of docs/quick-start.md, who follows it word for word in a new organisation."""

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rootwatch_local.embedded.aws import EmbeddedAws
from rootwatch_local.embedded.organisation import Account, Organisation
from rootwatch_local.receivers import Receivers
from rootwatch_local.world import PROJECT
from tests.support.guide import Block, Terminal, blocks, missing

PAGE = PROJECT / "docs" / "deploy.md"
GUIDE = blocks(PAGE.read_text("utf-8"))
MANAGEMENT, SECURITY, ARCHIVE = "111122223333", "444455556666", "777788889999"
# As the guide's settings have it, and with nothing opened yet.
ORGANISATION = Organisation(
    management=Account(id=MANAGEMENT, name="org-management"),
    members=(
        Account(id=SECURITY, name="security", unit="Security"),
        Account(id=ARCHIVE, name="log-archive", unit="Security"),
        Account(id="123456789012", name="prod-data", unit="Workloads"),
        Account(id="210987654321", name="sandbox-ana", unit="Workloads"),
    ),
    trusted=(),
    root_id="r-a1b2",
)
OURS = {"cdk.json", "cdk.out", "build", ".venv"}


class Reader:
    """A user with a copy of the repository, profiles of the AWS CLI and a terminal."""

    def __init__(self, aws: EmbeddedAws, receivers: Receivers, way: str) -> None:
        self.aws, self.receivers, self.way = aws, receivers, way
        self.hub = MANAGEMENT if way == "management account" else SECURITY
        self.folder = aws.folder / "rootwatch"
        self._copy()
        self.terminal = Terminal(
            self.folder,
            self._environment(),
            answers=(
                (r"\(y/n\)\??", lambda: "y"),
                (r"\[[Yy]/[nN]\]:?", lambda: "y"),
                ("Paste it here:", self._link),
            ),
        )

    def _copy(self) -> None:
        self.folder.mkdir()
        for one in PROJECT.iterdir():
            if one.name not in OURS and not one.name.startswith("."):
                (self.folder / one.name).symlink_to(one)
        (self.folder / ".venv").symlink_to(sys.prefix)

    def _environment(self) -> dict[str, str]:
        """Everybody's, but that AWS is the embedded one, and credentials come from profiles alone."""
        ours = self.aws.environment(self.hub, "us-east-1")
        accounts = {"management": MANAGEMENT, "hub": self.hub, "log-archive": ARCHIVE}
        profiles = self.aws.folder / "profiles"
        profiles.write_text(
            "".join(
                f"[profile {name}]\nregion = us-east-1\naws_access_key_id = {account}\n"
                f"aws_secret_access_key = {ours['AWS_SECRET_ACCESS_KEY']}\n"
                for name, account in accounts.items()
            )
        )
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        aws = {key: value for key, value in ours.items() if key.startswith("AWS_E") or key == "NO_PROXY"}
        return {
            **kept,
            **aws,
            "AWS_CONFIG_FILE": str(profiles),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
            "COLUMNS": "100",
            "NODE_NO_WARNINGS": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",
        }

    def _link(self) -> str:
        """That of SNS's e-mail, which the embedded SNS does not send."""
        return f"https://sns.us-east-1.amazonaws.com/confirmation.html?Token={secrets.token_hex(32)}"

    def follow(self, guide: Sequence[Block] = GUIDE) -> None:
        """The guide from its beginning to its end."""
        settings: dict[str, object] = {}
        said = None
        for block in guide:
            match block.kind:
                case "settings" if block.is_for(self.way):
                    settings |= json.loads(block.body)
                    self._write(settings)
                case "file":
                    (self.folder / block.of).write_text(block.body)
                case "meanwhile" if block.of == "canaries":
                    self._ask_every_place()
                case "run":
                    said = self._run(block) if block.is_for(self.way) else None
                case "shows" | "shows in any order" if said is not None and block.is_for(self.way):
                    absent = missing(block.body, said, in_order=block.kind == "shows")
                    assert not absent, f"{self.way}: the guide shows {absent!r}, and this came:\n{said[-6000:]}"

    def _write(self, settings: dict[str, object]) -> None:
        """The settings as the guide has them, with this machine's receivers in the place of Slack and PagerDuty."""
        here = json.loads(json.dumps(settings))
        here["slack"] |= {
            "channel": next(iter(self.receivers.slack.channels)),
            "api_url": self.receivers.slack_api_url,
        }
        if "pagerduty" in here:
            here["pagerduty"] |= {"events_url": self.receivers.pagerduty_events_url}
        cdk = json.loads((PROJECT / "cdk.json").read_bytes())
        # The embedded Lambda runs on this machine's processor.
        cdk["context"] |= {"rootwatch": here, "target": "local"}
        (self.folder / "cdk.json").write_text(json.dumps(cdk))
        for name, held in {
            "slack": {"bot_token": self.receivers.slack.token},
            "pagerduty": {"routing_key": self.receivers.pagerduty.routing_key},
            "heartbeat": {"url": "https://heartbeat.example.com/0a1b2c3d"},
        }.items():
            (self.folder / f"{name}.json").write_text(json.dumps(held))

    def _run(self, block: Block) -> str:
        code, said = self.terminal.type(block.body)
        assert code == 0, f"{self.way}: {block.body}\nended with {code}:\n{said[-6000:]}\n{self.aws.log()[-1500:]}"
        return said

    def _ask_every_place(self) -> None:
        """What the schedules do within an hour, and until all of it is heard."""
        answer = self.aws.client("lambda", self.hub, "us-east-1").invoke(FunctionName="rootwatch-coverage")
        assert "FunctionError" not in answer, answer["Payload"].read()
        sqs = self.aws.client("sqs", self.hub, "us-east-1")
        queue = sqs.get_queue_url(QueueName="rootwatch-records")["QueueUrl"]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        until = time.monotonic() + 120
        while any(
            int(number)
            for number in sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"].values()
        ):
            assert time.monotonic() < until, "canaries still wait in the queue"
            time.sleep(0.25)


@contextmanager
def reader(way: str) -> Iterator[Reader]:
    """A new organisation, and somebody who is about to read the guide."""
    with Receivers() as receivers, EmbeddedAws(mailbox_url=receivers.mail_url) as aws:
        aws.found(ORGANISATION)
        yield Reader(aws, receivers, way)


def stacks(aws: EmbeddedAws, account: str) -> set[str]:
    """The names of the stacks that are there."""
    listed = aws.client("cloudformation", account, "us-east-1").describe_stacks()["Stacks"]
    return {one["StackName"] for one in listed if one["StackStatus"] != "DELETE_COMPLETE"}
