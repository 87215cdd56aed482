"""``rootwatch subscribe``: nobody's subscription can be ended by a link in an e-mail."""

import json

import pytest
from click.testing import CliRunner

from rootwatch_cli.aws import Aws, Caller
from rootwatch_cli.main import main
from rootwatch_cli.subscribe import token_in
from tests.support.canned import Canned, RefusedError
from tests.unit.cli.doctoring.an_organisation import HUB, SETTINGS

TOPIC = f"arn:aws:sns:eu-central-1:{HUB}:rootwatch-alerts"
TOKEN = "2336412f37fb687f5d51e6e2425f004aed7b25d9" * 2
LINK = (
    f"https://sns.eu-central-1.amazonaws.com/confirmation.html?TopicArn={TOPIC}&Token={TOKEN}&Endpoint=ana@example.com"
)


class Topic(Canned):
    """SNS with one topic: address → how it is subscribed (pending, loose, guarded)."""

    def __init__(self, **subscribed):
        super().__init__(
            DescribeStacks={
                "Stacks": [
                    {
                        "Outputs": [
                            {"OutputKey": key, "OutputValue": value}
                            for key, value in {
                                "BusArn": "b",
                                "QueueUrl": "q",
                                "DeadLetterQueueUrl": "d",
                                "TableName": "t",
                                "TopicArn": TOPIC,
                            }.items()
                        ]
                    }
                ]
            },
            ListSubscriptionsByTopic=lambda _: {
                "Subscriptions": [
                    {
                        "SubscriptionArn": "PendingConfirmation" if how == "pending" else f"{TOPIC}:{name}",
                        "Protocol": "email",
                        "Endpoint": f"{name}@example.com",
                    }
                    for name, how in self.subscribed.items()
                ]
            },
            GetSubscriptionAttributes=lambda asked: {
                "Attributes": {
                    "Endpoint": f"{_name(asked['SubscriptionArn'])}@example.com",
                    "ConfirmationWasAuthenticated": str(
                        self.subscribed[_name(asked["SubscriptionArn"])] == "guarded"
                    ).lower(),
                }
            },
            Unsubscribe=lambda asked: self.subscribed.pop(_name(asked["SubscriptionArn"])) and {},
            Subscribe=self._subscribe,
            ConfirmSubscription=self._confirm,
        )
        self.subscribed = subscribed
        self.waits = None

    def caller(self):
        return Caller(HUB, f"arn:aws:sts::{HUB}:assumed-role/Admin/ana")

    def _subscribe(self, asked):
        self.waits = asked["Endpoint"].partition("@")[0]
        self.subscribed[self.waits] = "pending"
        return {"SubscriptionArn": "pending confirmation"}

    def _confirm(self, asked):
        if asked["Token"] != TOKEN:
            raise RefusedError("InvalidParameter")
        assert asked["AuthenticateOnUnsubscribe"] == "true"
        self.subscribed[self.waits] = "guarded"
        return {"SubscriptionArn": f"{TOPIC}:{self.waits}"}


def _name(arn):
    return arn.rpartition(":")[2]


@pytest.fixture
def subscribe(tmp_path, monkeypatch):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(SETTINGS))

    def run(topic, *arguments, stdin=None):
        monkeypatch.setattr(Aws, "of", lambda profile, region: topic)
        return CliRunner().invoke(main, ["subscribe", "--settings", str(file), *arguments], input=stdin)

    return run


def test_a_new_address_is_subscribed_and_confirmed_with_credentials(subscribe):
    topic = Topic()
    result = subscribe(topic, "ana@example.com", stdin=f"{LINK}\n")
    assert result.exit_code == 0, result.output
    assert topic.subscribed == {"ana": "guarded"}
    assert "Do NOT open the link" in result.output


def test_a_subscription_that_a_link_can_end_is_made_anew_when_the_user_agrees(subscribe):
    topic = Topic(ana="loose")
    assert subscribe(topic, "ana@example.com", stdin="n\n").exit_code == 1
    assert topic.subscribed == {"ana": "loose"}
    assert subscribe(topic, "ana@example.com", stdin=f"y\n{TOKEN}\n").exit_code == 0
    assert topic.subscribed == {"ana": "guarded"}


def test_who_is_subscribed_well_already_is_left_alone(subscribe):
    topic = Topic(ana="guarded")
    result = subscribe(topic, "ana@example.com")
    assert (result.exit_code, topic.waits) == (0, None)


def test_a_link_that_was_opened_before_is_told(subscribe):
    topic = Topic()
    topic.answers["ConfirmSubscription"] = lambda _: (
        topic.subscribed.update(ana="loose") or {"SubscriptionArn": f"{TOPIC}:ana"}
    )
    result = subscribe(topic, "ana@example.com", stdin=f"{LINK}\n")
    assert result.exit_code == 1
    assert "somebody opened the link first" in result.output


def test_a_link_of_another_address_is_not_taken_for_this_one(subscribe):
    topic = Topic(ben="pending")
    topic.answers["ConfirmSubscription"] = lambda _: (
        topic.subscribed.update(ben="guarded") or {"SubscriptionArn": f"{TOPIC}:ben"}
    )
    result = subscribe(topic, "ana@example.com", stdin=f"{LINK}\n")
    assert result.exit_code == 1
    assert "ana@example.com still waits" in result.output


def test_what_holds_no_token_or_a_wrong_one_changes_nothing(subscribe):
    topic = Topic()
    assert subscribe(topic, "ana@example.com", stdin="what link?\n").exit_code == 1
    result = subscribe(topic, "ana@example.com", stdin="f" * 40 + "\n")
    assert (result.exit_code, "InvalidParameter" in result.stderr) == (2, True)
    assert "f" * 40 not in result.stderr
    assert topic.subscribed == {"ana": "pending"}


def test_without_addresses_all_are_listed_with_what_to_do(subscribe):
    result = subscribe(Topic(ana="guarded", ben="loose", cleo="pending"))
    assert result.exit_code == 1
    ana, ben, cleo = result.output.splitlines()
    assert "only credentials can end it" in ana
    assert "rootwatch subscribe ben@example.com" in ben
    assert "not confirmed" in cleo
    assert subscribe(Topic(ana="guarded")).exit_code == 0


@pytest.mark.parametrize("pasted", [LINK, f"  {LINK}\n", TOKEN, f"https://x.example.com/?Token={TOKEN}"])
def test_the_token_is_found_in_the_link_or_by_itself(pasted):
    assert token_in(pasted) == TOKEN


@pytest.mark.parametrize("pasted", ["", "https://example.com/", "Token=", "ana@example.com", "g" * 64])
def test_anything_else_is_no_token(pasted):
    assert token_in(pasted) is None


def test_what_is_no_address_is_bad_input(subscribe):
    assert subscribe(Topic(), "--", "ana").exit_code == 2
