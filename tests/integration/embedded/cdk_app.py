"""A small CDK app in the shape of ours: a hub with bus, queue, function and table, and a member that forwards.

Run by the tests in a process of its own, with the folder of the cloud assembly and that of the function's code.
"""

import sys

import aws_cdk as cdk
from aws_cdk import aws_dynamodb, aws_events, aws_iam, aws_lambda, aws_sqs
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from tests.integration.embedded.scenes import ALL_EVENTS, AWAY, BUS_ARN, HOME, HUB, MEMBER, ORGANISATION, PATTERN


class Hub(cdk.Stack):
    """Where events arrive: bus → rule → queue → function → table and results."""

    def __init__(self, scope: Construct, name: str, *, code: str) -> None:
        super().__init__(scope, name, env=cdk.Environment(account=HUB, region=HOME))
        bus = aws_events.EventBus(self, "Bus", event_bus_name="rootwatch")
        aws_events.CfnEventBusPolicy(
            self,
            "Policy",
            statement_id="organisation",
            event_bus_name=bus.event_bus_name,
            statement={
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": bus.event_bus_arn,
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANISATION.id}},
            },
        )
        dead = aws_sqs.Queue(self, "Dead", queue_name="dead")
        queue = aws_sqs.Queue(
            self,
            "Queue",
            visibility_timeout=cdk.Duration.seconds(3),
            dead_letter_queue=aws_sqs.DeadLetterQueue(queue=dead, max_receive_count=2),
        )
        queue.grant_send_messages(aws_iam.ServicePrincipal("events.amazonaws.com"))
        aws_events.CfnRule(
            self,
            "Rule",
            event_bus_name=bus.event_bus_name,
            state=ALL_EVENTS,
            event_pattern=PATTERN,
            targets=[aws_events.CfnRule.TargetProperty(id="queue", arn=queue.queue_arn)],
        )
        results = aws_sqs.Queue(self, "Results", queue_name="results")
        key = aws_dynamodb.Attribute(name="PK", type=aws_dynamodb.AttributeType.STRING)
        table = aws_dynamodb.Table(self, "Table", table_name="marks", partition_key=key)
        monitor = aws_lambda.Function(
            self,
            "Monitor",
            function_name="monitor",
            runtime=aws_lambda.Runtime.PYTHON_3_13,
            handler="monitor.handler",
            timeout=cdk.Duration.seconds(3),
            code=aws_lambda.Code.from_asset(code),
            environment={"RESULTS": results.queue_url, "TABLE": table.table_name},
        )
        monitor.add_event_source(SqsEventSource(queue, report_batch_item_failures=True))
        table.grant_read_write_data(monitor)
        results.grant_send_messages(monitor)


class Member(cdk.Stack):
    """Where events are caused: default bus → rule → the hub's bus, in one hop."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, env=cdk.Environment(account=MEMBER, region=AWAY))
        forward = aws_iam.Role(
            self, "Forward", path="/rootwatch/", assumed_by=aws_iam.ServicePrincipal("events.amazonaws.com")
        )
        forward.add_to_policy(aws_iam.PolicyStatement(actions=["events:PutEvents"], resources=[BUS_ARN]))
        target = aws_events.CfnRule.TargetProperty(id="hub", arn=BUS_ARN, role_arn=forward.role_arn)
        aws_events.CfnRule(self, "Rule", state=ALL_EVENTS, event_pattern=PATTERN, targets=[target])


def main(assembly: str, code: str) -> None:
    """Synthesise both stacks."""
    app = cdk.App(outdir=assembly, analytics_reporting=False, builtin_cloud_formation_validation=False)
    Hub(app, "Hub", code=code)
    Member(app, "Member")
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
