"""Each hop broken by itself, on a deployed organisation: it is noticed within two canary intervals, on a way that does
not need the hop. The rule, the role, the bus's policy and the trail are cut in test_the_coverage.py; here is the rest.

An organisation of its own: what is cut here would be missed by the other tests.
"""

import pytest

from rootwatch_local.world import HUB, HUB_REGION, ORGANISATION, PAYMENTS, REGIONS, World
from tests.support import coverage_live as coverage
from tests.support.live import sign_in_now

pytestmark = pytest.mark.embedded

PLACES = len(ORGANISATION.accounts) * len(REGIONS)


@pytest.fixture(scope="module")
def world():
    """Deployed, past the time that a deployment may take, and heard everywhere."""
    with World() as deployed:
        assert coverage.run(deployed)["CanariesSent"] == PLACES
        two_intervals(deployed)
        yield deployed


def two_intervals(world):
    """An hour passes and all are asked; half an hour more, in which they must have been heard."""
    coverage.pass_time(world, minutes=65)
    coverage.run(world)
    coverage.pass_time(world, minutes=31)
    return coverage.run(world)


def hub(world, service):
    return world.aws.client(service, HUB.id, HUB_REGION)


def blind(world):
    """The pages that say that all of the organisation is not heard."""
    return [alert for alert in world.receivers.pagerduty.alerts if "rootwatch is blind in every" in alert.summary]


def environment(world):
    """The monitor's."""
    found = hub(world, "lambda").get_function_configuration(FunctionName="rootwatch-monitor")
    return found["Environment"]["Variables"]


def heard_again(world):
    coverage.pass_time(world, minutes=5)
    coverage.run(world)
    coverage.run(world)
    assert set(coverage.states(world).values()) == {"fast"}


def test_a_hub_rule_that_fills_the_queue_no_more_is_paged(world):
    before, events = len(blind(world)), hub(world, "events")
    rule = {"Rule": "rootwatch-records", "EventBusName": "rootwatch"}
    targets = events.list_targets_by_rule(**rule)["Targets"]
    events.remove_targets(**rule, Ids=[target["Id"] for target in targets])
    two_intervals(world)
    assert len(blind(world)) == before + 1
    events.put_targets(**rule, Targets=targets)
    heard_again(world)


def test_a_monitor_that_is_not_run_any_more_is_paged(world):
    before, functions = len(blind(world)), hub(world, "lambda")
    [mapping] = functions.list_event_source_mappings(FunctionName="rootwatch-monitor")["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    coverage.pass_time(world, minutes=65)
    functions.invoke(FunctionName="rootwatch-coverage")
    coverage.pass_time(world, minutes=31)
    functions.invoke(FunctionName="rootwatch-coverage")
    assert len(blind(world)) == before + 1
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    world.wait_until_drained()
    heard_again(world)


def test_a_secret_that_is_gone_keeps_nobody_from_hearing_and_is_told_by_mail(world):
    secrets, receivers = hub(world, "secretsmanager"), world.receivers
    held = secrets.get_secret_value(SecretId="rootwatch/slack")["SecretString"]
    secrets.delete_secret(SecretId="rootwatch/slack", ForceDeleteWithoutRecovery=True)
    token, receivers.slack.token = receivers.slack.token, "xoxb-another"  # what a running function holds serves no more
    account = ORGANISATION.accounts[-1].id
    record = sign_in_now(account, mfa="No")
    world.emit(account, HUB_REGION, record)
    world.wait_until_taken(record["eventID"])
    receivers.wait_for(lambda _: any(alert.source == account for alert in receivers.pagerduty.alerts))
    receivers.wait_for(lambda _: any("Slack did not take" in str(mail) for mail in receivers.mailbox.mails))
    secrets.create_secret(Name="rootwatch/slack", SecretString=held)
    receivers.slack.token = token


def test_a_topic_that_is_gone_keeps_nobody_from_hearing_and_is_told_on_slack(world):
    sns = hub(world, "sns")
    sns.delete_topic(TopicArn=environment(world)["TOPIC_ARN"])
    record = sign_in_now(PAYMENTS.id, mfa="No")
    world.emit(PAYMENTS.id, HUB_REGION, record)
    world.wait_until_taken(record["eventID"])
    receivers = world.receivers
    receivers.wait_for(lambda _: any(alert.source == PAYMENTS.id for alert in receivers.pagerduty.alerts))
    receivers.wait_for(lambda _: any("SNS did not take" in str(post) for post in receivers.slack.messages))
