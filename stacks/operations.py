"""Who hears that rootwatch itself is unwell: a topic apart from the alerts', the alarms, and the dashboard."""

from collections.abc import Iterable

from aws_cdk import Annotations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from rootwatch.core.sections import Operations as Wanted
from rootwatch.core.settings import Settings
from stacks.alarm import Alarm
from stacks.channels import EncryptedTopic
from stacks.dashboard import body

# Source: https://support.pagerduty.com/main/docs/aws-cloudwatch-integration-guide and
# https://support.pagerduty.com/main/docs/service-regions
_PAGERDUTY = {"us": "events.pagerduty.com", "eu": "events.eu.pagerduty.com"}


class Operations(Construct):
    """``topic_arn`` is where every alarm goes, and its end too. Missing data is bad where silence is what is bad."""

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        alarms: Iterable[Alarm],
        functions: Iterable[str],
        queues: Iterable[str],
    ) -> None:
        super().__init__(scope, "Operations")
        self.topic_arn = self._topic(settings, settings.operations or Wanted())
        made = [self._alarm(alarm) for alarm in alarms]
        cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name="rootwatch",
            dashboard_body=body(
                region=settings.hub_region,
                alarm_arns=[alarm.attr_arn for alarm in made],
                functions=list(functions),
                queues=list(queues),
            ),
        )

    def _topic(self, settings: Settings, wanted: Wanted) -> str:
        if wanted.topic_arn:
            return wanted.topic_arn
        # Somebody must hear of it: those who hear the alerts, if nobody else is named.
        emails = wanted.emails or settings.emails
        made = EncryptedTopic(
            self,
            "Topic",
            carries="alarms",
            display_name="rootwatch operations",
            emails=emails,
            services=["cloudwatch.amazonaws.com"],
        )
        if wanted.pagerduty_secret and settings.pagerduty:
            self._subscribe_pagerduty(made.topic, wanted.pagerduty_secret, settings.pagerduty.service_region)
        elif not emails:
            Annotations.of(self).add_warning_v2(
                "rootwatch:nobody-hears-alarms",
                "Nobody hears of alarms about rootwatch itself: write rootwatch.operations, or subscribe to its topic.",
            )
        return made.topic.topic_arn

    def _subscribe_pagerduty(self, topic: sns.Topic, secret: str, service_region: str) -> None:
        """The address holds the integration's key: CloudFormation fills it in, so that the template never has it.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
        """
        key = f"{{{{resolve:secretsmanager:{secret}:SecretString:integration_key}}}}"
        sns.CfnSubscription(
            self,
            "PagerDuty",
            topic_arn=topic.topic_arn,
            protocol="https",
            endpoint=f"https://{_PAGERDUTY[service_region]}/integration/{key}/enqueue",
        )

    def _alarm(self, alarm: Alarm) -> cloudwatch.CfnAlarm:
        silence_is_bad = alarm.bad == "less-than"
        return cloudwatch.CfnAlarm(
            self,
            "".join(word.capitalize() for word in alarm.name.removeprefix("rootwatch-").split("-")),
            alarm_name=alarm.name,
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                for name, value in alarm.dimensions.items()
            ],
            statistic=alarm.statistic,
            period=alarm.period_seconds,
            evaluation_periods=alarm.periods,
            threshold=alarm.threshold,
            comparison_operator="LessThanThreshold" if silence_is_bad else "GreaterThanOrEqualToThreshold",
            treat_missing_data="breaching" if silence_is_bad else "notBreaching",
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
        )
