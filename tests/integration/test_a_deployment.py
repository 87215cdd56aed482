"""On a deployed organisation: our own deployment is one quiet notice; what only looks like one pages.

An organisation of its own, which is deployed twice. What CloudTrail would tell of a deployment is told by hand: the
embedded AWS writes no records. Each test leaves no deployment open.
"""

import io
import json
import re
import zipfile
from datetime import datetime, timedelta

import pytest

from rootwatch_local.world import HUB, HUB_REGION, MANAGEMENT, SANDBOX, World
from tests.support import coverage_live as coverage
from tests.support.live import call_now
from tests.support.watch import STACK_SETS_ROLE, by

pytestmark = pytest.mark.embedded

FAR = "ap-southeast-2"
RULE = "rootwatch-root-use"
CLOUDFORMATION = "cloudformation.amazonaws.com"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


@pytest.fixture(scope="module")
def world():
    """Deployed, past the time that a deployment may take, and compared everywhere."""
    with World() as deployed:
        coverage.run(deployed)
        coverage.pass_time(deployed, minutes=65)
        coverage.run(deployed)
        yield deployed


def functions(world):
    return world.aws.client("lambda", HUB.id, HUB_REGION)


def ana(name, account=HUB.id, **parameters):
    """Ana deploys a stack of ours."""
    arn = f"arn:aws:sts::{account}:assumed-role/cdk-hnb659fds-deploy-role/ana"
    identity = by(arn, account)
    source = "cloudformation"
    return call_now(name, account, HUB_REGION, source=source, userIdentity=identity, requestParameters=parameters)


def by_cloudformation(name, source, account, region, parameters, role="cdk-hnb659fds-cfn-exec-role"):
    """A call that CloudFormation makes."""
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/AWSCloudFormation"
    return call_now(
        name,
        account,
        region,
        source=source,
        userIdentity=by(arn, account, invokedBy=CLOUDFORMATION),
        sourceIPAddress=CLOUDFORMATION,
        requestParameters=parameters,
    )


def tell(world, *records):
    """Has CloudTrail tell of these, and waits until they are taken in."""
    for record in records:
        world.emit(record["recipientAccountId"], record["awsRegion"], record)
    for record in records:
        assert world.wait_until_taken(record["eventID"]) == "watch"
    world.wait_until_drained()


def updated(world, *, but=()):
    """That CloudFormation replaced the code of every function of ours, but for these."""
    names = [one["FunctionName"] for one in functions(world).list_functions()["Functions"]]
    return [
        by_cloudformation("UpdateFunctionCode20150331v2", "lambda", HUB.id, HUB_REGION, {"functionName": name})
        for name in names
        if name.startswith("rootwatch-") and name not in but
    ]


def minutes_later(world, minutes):
    """That many minutes pass, in each five of which coverage runs and then the sweep."""
    for _ in range(0, minutes, 5):
        coverage.pass_time(world, minutes=5)
        for item in open_incidents(world):
            put_earlier(world, item, timedelta(minutes=5))
        coverage.run(world)
        world.sweep()


def open_incidents(world):
    """The items of incidents that tell of times."""
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    found = [item for page in table.get_paginator("scan").paginate(TableName=world.table) for item in page["Items"]]
    ours = [item for item in found if item["PK"]["S"].startswith("INC#")]
    return [item for item in ours if item["SK"]["S"].startswith(("HEAD", "FACT#"))]


def put_earlier(world, item, ago):
    """The same, so long ago."""

    def earlier(at):
        return (datetime.fromisoformat(at[0]) - ago).isoformat()

    item["body"]["S"] = TIME.sub(earlier, item["body"]["S"])
    if "due_at" in item:
        due_at = datetime.fromisoformat(item["due_at"]["S"]) - ago
        item["due_at"]["S"] = due_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    world.aws.client("dynamodb", HUB.id, HUB_REGION).put_item(TableName=world.table, Item=item)


def alerts(world, words):
    return [alert for alert in world.receivers.pagerduty.alerts if words in alert.summary]


def posts(world, words):
    return [message for message in world.receivers.slack.messages if words in str(message)]


def test_a_deployment_with_a_changed_setting_is_one_quiet_notice_with_the_name_of_who_began_it(world):
    before = functions(world).get_function_configuration(FunctionName="rootwatch-monitor")["CodeSha256"]
    world.redeploy(digest_minutes=20)
    assert functions(world).get_function_configuration(FunctionName="rootwatch-monitor")["CodeSha256"] != before
    stack = {"stackName": "rootwatch-hub", "changeSetName": "cdk-deploy-change-set"}
    tell(world, ana("DeleteChangeSet", **stack))
    tell(world, ana("ExecuteChangeSet", **stack), *updated(world))
    coverage.run(world)
    assert len(posts(world, "WATCH: ana")) == 1
    minutes_later(world, 20)
    assert not posts(world, "not confirmed")
    world.receivers.wait_for(lambda _: posts(world, "deployment by ana: 1 place"), timeout=90)
    assert posts(world, "all as deployed")
    assert world.receivers.pagerduty.alerts == ()


def test_a_hostile_stack_that_narrows_a_rule_pages_at_once(world):
    narrowed = {"name": RULE, "eventPattern": json.dumps({"source": ["aws.none"]}), "state": "ENABLED"}
    tell(world, by_cloudformation("PutRule", "events", SANDBOX.id, FAR, narrowed))
    world.receivers.wait_for(lambda _: alerts(world, f"changed the rule {RULE}"), timeout=90)
    [alert] = alerts(world, f"changed the rule {RULE}")
    assert alert.dedup_key.endswith("/watch/critical")


def test_a_delete_inside_a_deployment_pages_at_once(world):
    tell(
        world,
        ana("ExecuteChangeSet", MANAGEMENT.id, stackName="rootwatch-management", changeSetName="any"),
        by_cloudformation("DeleteRule", "events", SANDBOX.id, FAR, {"name": "rootwatch-tampering"}, STACK_SETS_ROLE),
    )
    world.receivers.wait_for(lambda _: alerts(world, "deleted the rule rootwatch-tampering"), timeout=90)
    minutes_later(world, 20)
    world.receivers.wait_for(lambda _: posts(world, "nothing of ours was changed by it"), timeout=90)


def test_a_rule_that_a_stack_set_puts_back_as_it_was_is_quiet(world):
    there = world.aws.client("events", SANDBOX.id, FAR).describe_rule(Name=RULE)
    request = {"name": RULE, "eventPattern": there["EventPattern"], "state": there["State"]}
    before = len(world.receivers.pagerduty.alerts)
    tell(world, by_cloudformation("PutRule", "events", SANDBOX.id, FAR, request, STACK_SETS_ROLE))
    minutes_later(world, 20)
    ended = "deployment by nobody we know of: 1 place (1 part), all as deployed"
    world.receivers.wait_for(lambda _: posts(world, ended), timeout=90)
    assert len(world.receivers.pagerduty.alerts) == before


def test_half_a_deployment_pages_at_fifteen_minutes(world):
    older = functions(world).get_function(FunctionName="rootwatch-tags")
    assert older["Configuration"]["CodeSha256"]
    functions(world).update_function_code(FunctionName="rootwatch-tags", ZipFile=zipped("older = True"))
    tell(world, ana("UpdateStack", stackName="rootwatch-hub"), *updated(world, but=["rootwatch-tags"]))
    coverage.run(world)
    assert not alerts(world, "deployment by ana is not confirmed")
    minutes_later(world, 20)
    world.receivers.wait_for(lambda _: alerts(world, "deployment by ana is not confirmed"), timeout=90)
    [alert] = alerts(world, "deployment by ana is not confirmed")
    assert "rootwatch-tags has another code package" in str(alert.details)


def test_a_stack_that_changes_what_looks_harmless_pages_at_fifteen_minutes(world):
    before = len(alerts(world, "by nobody we know of is not confirmed"))
    tell(
        world,
        by_cloudformation(
            "UpdateFunctionCode20150331v2", "lambda", HUB.id, HUB_REGION, {"functionName": "rootwatch-tags"}
        ),
    )
    coverage.run(world)
    assert len(alerts(world, "by nobody we know of is not confirmed")) == before
    minutes_later(world, 20)
    world.receivers.wait_for(
        lambda _: len(alerts(world, "by nobody we know of is not confirmed")) == before + 1, timeout=90
    )


def test_a_stack_that_changes_nothing_for_the_worse_in_the_hub_is_quiet(world):
    """Rules, queues, schedules and the table as they were deployed, by the reads of the real code."""
    finish_table(world)
    queues = [
        f"https://sqs.{HUB_REGION}.amazonaws.com/{HUB.id}/rootwatch-{name}" for name in ("records", "records-dead")
    ]
    told = [
        by_cloudformation("SetQueueAttributes", "sqs", HUB.id, HUB_REGION, {"queueUrl": url, "attributes": {}})
        for url in queues
    ]
    told += [
        by_cloudformation("UpdateSchedule", "scheduler", HUB.id, HUB_REGION, {"name": f"rootwatch-{name}"})
        for name in ("sweep", "coverage", "tags")
    ]
    told += [
        by_cloudformation("UpdateTable", "dynamodb", HUB.id, HUB_REGION, {"tableName": world.table}),
        by_cloudformation(
            "PutTargets", "events", HUB.id, HUB_REGION, {"rule": "rootwatch-records", "eventBusName": "rootwatch"}
        ),
    ]
    before = len(world.receivers.pagerduty.alerts)
    tell(world, ana("UpdateStack", stackName="rootwatch-hub"), *told)
    coverage.run(world)
    minutes_later(world, 20)
    world.receivers.wait_for(lambda _: posts(world, "1 place (7 parts), all as deployed"), timeout=90)
    assert len(world.receivers.pagerduty.alerts) == before


def finish_table(world):
    """What the embedded CloudFormation leaves out of a table, and AWS's does not."""
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    table.update_continuous_backups(
        TableName=world.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    table.update_time_to_live(
        TableName=world.table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    table.update_table(TableName=world.table, SSESpecification={"Enabled": True, "SSEType": "KMS"})


def test_a_queue_that_a_stack_made_forget_pages_at_fifteen_minutes(world):
    sqs = world.aws.client("sqs", HUB.id, HUB_REGION)
    url = sqs.get_queue_url(QueueName="rootwatch-records-dead")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})
    request = {"queueUrl": url, "attributes": {"MessageRetentionPeriod": "60"}}
    tell(world, by_cloudformation("SetQueueAttributes", "sqs", HUB.id, HUB_REGION, request))
    coverage.run(world)
    minutes_later(world, 20)
    words = "the queue rootwatch-records-dead has another retention period"
    world.receivers.wait_for(lambda _: alerts(world, words), timeout=90)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "1209600"})


def test_a_function_that_a_stack_sends_elsewhere_pages_at_fifteen_minutes(world):
    """Its code is the deployed one; a variable turns all that it asks of AWS to another."""
    ours = functions(world).get_function_configuration(FunctionName="rootwatch-tags")["Environment"]["Variables"]
    theirs = {**ours, "AWS_ENDPOINT_URL_SNS": "https://example.com"}
    functions(world).update_function_configuration(FunctionName="rootwatch-tags", Environment={"Variables": theirs})
    request = {"functionName": "rootwatch-tags"}
    tell(world, by_cloudformation("UpdateFunctionConfiguration20150331v2", "lambda", HUB.id, HUB_REGION, request))
    coverage.run(world)
    minutes_later(world, 20)
    words = "the function rootwatch-tags has another set of variables"
    world.receivers.wait_for(
        lambda _: any(words in str(one.details) for one in alerts(world, "not confirmed")), timeout=90
    )
    functions(world).update_function_configuration(FunctionName="rootwatch-tags", Environment={"Variables": ours})


def zipped(code):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rootwatch/handlers/tags.py", code)
    return packed.getvalue()
