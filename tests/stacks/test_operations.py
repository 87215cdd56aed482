"""That rootwatch is unwell is told apart from the alerts, by alarms that say what they mean and what to do."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from stacks import alarms
from stacks.alarm import LONGEST_UNSENT, OLDEST_DUE, SENDS_FAILED, Alarm
from stacks.asset import Asset

Templates = Mapping[str, dict[str, Any]]
FUNCTIONS = ("monitor", "sweep", "tags", "backstop")


def of_kind(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == kind}


def alarms_of(templates: Templates) -> dict[str, dict[str, Any]]:
    return {a["AlarmName"]: a for a in of_kind(templates["rootwatch-hub"], "AWS::CloudWatch::Alarm").values()}


def operations_topic(template: Mapping[str, Any]) -> str:
    (name,) = [name for name in of_kind(template, "AWS::SNS::Topic") if name.startswith("Operations")]
    return name


@pytest.mark.parametrize("placement", ["delegated", "in_management", "foreign"])
def test_every_queue_and_every_function_is_looked_after(placement: str, request: pytest.FixtureRequest) -> None:
    templates = request.getfixturevalue(placement)
    hub, found = templates["rootwatch-hub"], alarms_of(templates)
    queues = {queue["QueueName"] for queue in of_kind(hub, "AWS::SQS::Queue").values()}
    assert queues == {alarm["Dimensions"][0]["Value"] for alarm in found.values() if alarm["Namespace"] == "AWS/SQS"}
    for function in of_kind(hub, "AWS::Lambda::Function").values():
        name = function["FunctionName"]
        assert {f"{name}-errors", f"{name}-throttles"} <= found.keys()
    for schedule in of_kind(hub, "AWS::Scheduler::Schedule").values():
        assert f"{schedule['Name']}-silent" in found


@pytest.mark.parametrize("placement", ["delegated", "foreign"])
def test_every_alarm_says_what_it_means_and_what_to_do_and_tells_of_its_end(
    placement: str, request: pytest.FixtureRequest
) -> None:
    for name, alarm in alarms_of(request.getfixturevalue(placement)).items():
        assert name.startswith("rootwatch-")
        assert 60 < len(alarm["AlarmDescription"]) <= 1024
        assert alarm["AlarmDescription"].count(". ") >= 1
        assert alarm["AlarmActions"] == alarm["OKActions"]
        assert len(alarm["AlarmActions"]) == 1


def test_silence_is_an_alarm_where_there_should_be_sound(delegated: Templates) -> None:
    for alarm in alarms_of(delegated).values():
        silent = alarm["ComparisonOperator"] == "LessThanThreshold"
        assert alarm["TreatMissingData"] == ("breaching" if silent else "notBreaching")
    quiet = {name for name, alarm in alarms_of(delegated).items() if alarm["TreatMissingData"] == "breaching"}
    assert quiet >= {"rootwatch-sweep-silent", "rootwatch-tags-silent", "rootwatch-log-files-none"}


def test_canaries_are_expected_where_somebody_sends_them() -> None:
    with_coverage = {alarm.name: alarm for alarm in alarms.of_hub({"coverage": 5}, records="r", log_files=None)}
    assert with_coverage["rootwatch-no-canary"].bad == "less-than"
    assert with_coverage["rootwatch-no-canary"].metric == "CanariesHeard"
    assert "rootwatch-canaries-missing" in with_coverage
    without = {alarm.name for alarm in alarms.of_hub({"monitor": None}, records="r", log_files=None)}
    assert not without & {"rootwatch-no-canary", "rootwatch-canaries-missing"}


@pytest.mark.parametrize("metric", [SENDS_FAILED, OLDEST_DUE, LONGEST_UNSENT])
def test_a_metric_of_our_own_that_an_alarm_waits_for_is_one_that_the_code_emits(metric: str, repository: Path) -> None:
    sources = [path.read_text() for path in (repository / "lambda/rootwatch").rglob("*.py")]
    assert any(f'"{metric}"' in source for source in sources)


@pytest.mark.parametrize("alarm", alarms.of_hub(dict.fromkeys(FUNCTIONS, 1), records="r", log_files="f"))
def test_no_alarm_looks_further_back_than_cloudwatch_does(alarm: Alarm) -> None:
    # At most a day; a week where the period is an hour or more.
    week = 7 * 86_400 if alarm.period_seconds >= 3600 else 86_400
    assert alarm.period_seconds % 60 == 0
    assert alarm.period_seconds * alarm.periods <= week


def test_the_topic_of_operations_admits_alarms_of_this_account_under_a_key_of_its_own(delegated: Templates) -> None:
    hub = delegated["rootwatch-hub"]
    topic = operations_topic(hub)
    assert {action["Ref"] for alarm in alarms_of(delegated).values() for action in alarm["AlarmActions"]} == {topic}
    key = hub["Resources"][hub["Resources"][topic]["Properties"]["KmsMasterKeyId"]["Fn::GetAtt"][0]]["Properties"]
    (policy,) = [p for p in of_kind(hub, "AWS::SNS::TopicPolicy").values() if p["Topics"] == [{"Ref": topic}]]
    # Not EventBridge, which nothing here has publish to it: the key could not admit it by this condition.
    services = {"Service": "cloudwatch.amazonaws.com"}
    condition = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    for document, action, resource in (
        (key["KeyPolicy"], ["kms:Decrypt", "kms:GenerateDataKey*"], "*"),
        (policy["PolicyDocument"], "sns:Publish", {"Ref": topic}),
    ):
        (admitted,) = [statement for statement in document["Statement"] if "Service" in statement["Principal"]]
        assert {key: value for key, value in admitted.items() if key != "Sid"} == {
            "Effect": "Allow",
            "Principal": services,
            "Action": action,
            "Resource": resource,
            "Condition": condition,
        }


@pytest.mark.parametrize(
    ("service_region", "host"), [("us", "events.pagerduty.com"), ("eu", "events.eu.pagerduty.com")]
)
def test_pagerduty_is_subscribed_by_an_address_whose_key_cloudformation_fills_in(
    service_region: str, host: str, synthesize: Callable[..., Templates], deploy_asset: Asset
) -> None:
    templates = synthesize(
        deploy_asset,
        pagerduty={"secret": "rootwatch/pagerduty", "service_region": service_region},
        operations={"pagerduty_secret": "rootwatch/operations"},
    )
    hub = templates["rootwatch-hub"]
    (paged,) = [s for s in of_kind(hub, "AWS::SNS::Subscription").values() if s["Protocol"] == "https"]
    key = "{{resolve:secretsmanager:rootwatch/operations:SecretString:integration_key}}"
    assert paged["Endpoint"] == f"https://{host}/integration/{key}/enqueue"
    assert paged["TopicArn"] == {"Ref": operations_topic(hub)}
    assert json.dumps(dict(templates)).count("{{resolve:") == 1


def test_a_topic_of_ones_own_is_used_as_it_is(foreign: Templates) -> None:
    hub = foreign["rootwatch-hub"]
    actions = {action for alarm in alarms_of(foreign).values() for action in alarm["AlarmActions"]}
    assert actions == {"arn:aws:sns:us-east-1:123456789012:platform"}
    assert not of_kind(hub, "AWS::SNS::Topic")
    assert not of_kind(hub, "AWS::SNS::Subscription")
    environment = {f["Environment"]["Variables"]["TOPIC_ARN"] for f in of_kind(hub, "AWS::Lambda::Function").values()}
    assert environment == {"arn:aws:sns:us-east-1:123456789012:security"}


def test_the_functions_that_send_may_use_a_topic_of_ones_own_and_its_key(foreign: Templates) -> None:
    policies = of_kind(foreign["rootwatch-hub"], "AWS::IAM::Policy")
    (monitor,) = [policy for name, policy in policies.items() if name.startswith("MonitorRole")]
    allowed = {str(s["Action"]): s["Resource"] for s in monitor["PolicyDocument"]["Statement"]}
    assert allowed["sns:Publish"] == "arn:aws:sns:us-east-1:123456789012:security"
    assert allowed["['kms:Decrypt', 'kms:GenerateDataKey*']"].startswith("arn:aws:kms:us-east-1:123456789012:key/9999")


def test_a_topic_of_ones_own_without_a_key_asks_for_none(
    synthesize: Callable[..., Templates], deploy_asset: Asset
) -> None:
    topic = {"arn": "arn:aws:sns:us-east-1:123456789012:security"}
    hub = synthesize(deploy_asset, topic=topic, emails=[], trail=None)["rootwatch-hub"]
    policies = of_kind(hub, "AWS::IAM::Policy")
    (sweep,) = [policy for name, policy in policies.items() if name.startswith("SweepRole")]
    assert "kms:" not in str(sweep)


@pytest.mark.parametrize("placement", ["delegated", "foreign"])
def test_the_page_on_operations_lists_every_alarm(
    placement: str, request: pytest.FixtureRequest, repository: Path
) -> None:
    page = (repository / "docs/operations.md").read_text()
    for name, alarm in alarms_of(request.getfixturevalue(placement)).items():
        assert f"| `{name}` | " in page
        assert alarm["AlarmDescription"].partition(". ")[0] in page


def test_the_dashboard_shows_what_a_person_wants_first(delegated: Templates) -> None:
    (dashboard,) = of_kind(delegated["rootwatch-hub"], "AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == "rootwatch"
    parts = dashboard["DashboardBody"]["Fn::Join"][1]
    body = json.loads("".join(part if isinstance(part, str) else "an-arn" for part in parts))
    first, *graphs = body["widgets"]
    assert first["type"] == "alarm"
    assert len(first["properties"]["alarms"]) == len(alarms_of(delegated)) <= 100
    shown = {tuple(series[:2]) for graph in graphs for series in graph["properties"]["metrics"]}
    assert shown >= {
        ("rootwatch", "RecordsOpened"),
        ("rootwatch", "RecordsUnreadable"),
        ("rootwatch", "SendsFailed"),
        ("rootwatch", "CanariesHeard"),
        ("rootwatch", "OldestDueSeconds"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Duration"),
    }
    assert not overlaps(body["widgets"])


def overlaps(widgets: list[dict[str, Any]]) -> bool:
    taken = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    return len(taken) != len(set(taken)) or any(x >= 24 for x, _ in taken)
