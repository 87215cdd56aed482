"""E-mail of SNS reaches the mailbox, and a Subject that AWS refuses is refused."""

import http.server
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import HOME, HUB, deployed

pytestmark = pytest.mark.embedded

TOPIC = f"arn:aws:sns:{HOME}:{HUB}:alerts"


def topic(**filters: object) -> dict[str, Any]:
    return {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts"}},
        "Mail": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": "security@example.com",
                **filters,
            },
        },
    }


def test_an_email_is_kept_with_its_subject_body_and_attributes(aws: EmbeddedAws) -> None:
    deployed(aws, HUB, HOME, "topic", topic())
    aws.client("sns", HUB, HOME).publish(
        TopicArn=TOPIC,
        Subject="Root used in Shop",
        Message=json.dumps({"default": "for machines", "email": "for people"}),
        MessageStructure="json",
        MessageAttributes={"severity": {"DataType": "String", "StringValue": "critical"}},
    )
    (mail,) = aws.mail()
    assert (mail.to, mail.subject, mail.body) == ("security@example.com", "Root used in Shop", "for people")
    assert (mail.topic, mail.attributes) == (TOPIC, {"severity": "critical"})


def test_a_filter_keeps_an_email_back(aws: EmbeddedAws) -> None:
    deployed(aws, HUB, HOME, "topic", topic(FilterPolicy={"severity": ["critical"]}))
    sns = aws.client("sns", HUB, HOME)
    for severity in ("low", "critical"):
        attributes = {"severity": {"DataType": "String", "StringValue": severity}}
        sns.publish(TopicArn=TOPIC, Message=severity, MessageAttributes=attributes)
    assert [mail.body for mail in aws.mail()] == ["critical"]


@pytest.mark.parametrize("subject", ["x" * 100, "two\nlines", "Zürich", "tab\there", " leading", "bell\a"])
def test_a_subject_that_aws_refuses_is_refused(aws: EmbeddedAws, subject: str) -> None:
    deployed(aws, HUB, HOME, "topic", topic())
    with pytest.raises(ClientError, match="Invalid parameter: Subject"):
        aws.client("sns", HUB, HOME).publish(TopicArn=TOPIC, Subject=subject, Message="text")
    assert aws.mail() == []


def test_an_empty_message_is_refused(aws: EmbeddedAws) -> None:
    deployed(aws, HUB, HOME, "topic", topic())
    with pytest.raises(ClientError, match="Empty message"):
        aws.client("sns", HUB, HOME).publish(TopicArn=TOPIC, Message="")


@pytest.mark.parametrize("subject", ["x" * 99, "[rootwatch] it's root!", "1", "(x)"])
def test_a_subject_that_aws_takes_is_taken(aws: EmbeddedAws, subject: str) -> None:
    deployed(aws, HUB, HOME, "topic", topic())
    aws.client("sns", HUB, HOME).publish(TopicArn=TOPIC, Subject=subject, Message="text")
    assert [mail.subject for mail in aws.mail()] == [subject]


@contextmanager
def mailbox() -> Iterator[tuple[str, "queue.Queue[dict[str, Any]]"]]:
    """A web server that takes what is posted to it."""
    posted: queue.Queue[dict[str, Any]] = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mail", posted
    finally:
        server.shutdown()
        server.server_close()


def test_the_mailbox_is_posted_every_email() -> None:
    with mailbox() as (url, posted), EmbeddedAws(mailbox_url=url) as aws:
        deployed(aws, HUB, HOME, "topic", topic())
        aws.client("sns", HUB, HOME).publish(TopicArn=TOPIC, Subject="Root used", Message="text")
        mail = posted.get(timeout=5)
        assert (mail["to"], mail["subject"], mail["body"]) == ("security@example.com", "Root used", "text")


def test_an_email_subscription_can_be_confirmed_so_that_only_credentials_end_it(aws: EmbeddedAws) -> None:
    sns = aws.client("sns", HUB, HOME)
    arn = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ana@example.com")
    for asked, shown in (("false", "false"), ("true", "true")):
        confirmed = sns.confirm_subscription(TopicArn=arn, Token="0a1b", AuthenticateOnUnsubscribe=asked)
        attributes = sns.get_subscription_attributes(SubscriptionArn=confirmed["SubscriptionArn"])["Attributes"]
        assert (attributes["Endpoint"], attributes["ConfirmationWasAuthenticated"]) == ("ana@example.com", shown)
