"""``rootwatch subscribe``: e-mail subscriptions that no link in an e-mail can end.

Who opens the link that SNS sends confirms so that a link in every alert ends the subscription, for anybody and for any
mail scanner that follows links. Confirmed with AWS credentials, only these can end it.
Source: https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
"""

import re
import shlex
import sys
from pathlib import Path
from typing import Any, Final

import click

from rootwatch.render.clean import clean
from rootwatch_cli.aws import Aws, asking, deployed
from rootwatch_cli.doctoring.look import subscriptions
from rootwatch_cli.doctoring.state import Subscription
from rootwatch_cli.hub_options import hub_options
from rootwatch_cli.settings_file import BadInputError, read_deployed

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_TOKEN: Final = re.compile(r"(?:.*[?&]Token=)?([0-9a-f]{32,512})(?:&.*)?", re.IGNORECASE)


@click.command()
@click.argument("emails", nargs=-1)
@hub_options
@click.option("--alarms", is_flag=True, help="To the alarms about rootwatch itself, not to the alerts.")
@click.option("--yes", is_flag=True, help="Do not ask before a subscription is ended to be made anew.")
def subscribe(emails: tuple[str, ...], settings_file: Path, profile: str | None, *, alarms: bool, yes: bool) -> None:
    """Subscribe EMAILS to the alerts, so that no link in an e-mail can unsubscribe them.

    SNS sends each of them a link. Do not open it: paste it here. Without EMAILS, all subscriptions are listed. Exit
    code 1 if one is not confirmed so.
    """
    for email in emails:
        if not _EMAIL.fullmatch(email):
            raise BadInputError(f"{email} is not an e-mail address.")
    settings = read_deployed(settings_file)
    aws = Aws.of(profile, settings.hub_region)
    hub = deployed(aws, settings)
    topic = hub.operations_topic_arn if alarms else hub.topic_arn
    if not topic:
        raise BadInputError("The deployed rootwatch has no topic for alarms: deploy this version of it.")
    sns = aws.client("sns")
    with asking(f"subscribe to {topic}"):
        good = [_subscribed(sns, topic, email, yes=yes) for email in emails]
        if not emails:
            good = [_listed(one) for one in subscriptions(sns, topic)]
            click.echo("" if good else "Nobody is subscribed: rootwatch subscribe EMAIL.", nl=not good)
    sys.exit(int(not all(good)))


def token_in(pasted: str) -> str | None:
    """The token in what somebody pasted: the link, or the token alone."""
    found = _TOKEN.fullmatch(pasted.strip())
    return found[1] if found else None


def _listed(one: Subscription) -> bool:
    click.echo(f"{one.protocol:<8} {clean(one.endpoint, 200):<40} {_words(one)}")
    return one.confirmed and (one.guarded is True or not one.protocol.startswith("email"))


def _words(one: Subscription) -> str:
    if not one.confirmed:
        return f"not confirmed: rootwatch subscribe {shlex.quote(clean(one.endpoint, 200))}"
    if not one.protocol.startswith("email"):
        return "confirmed"
    if one.guarded is True:
        return "confirmed; only credentials can end it"
    if one.guarded is False:
        return f"confirmed; a link in each e-mail ends it: rootwatch subscribe {shlex.quote(clean(one.endpoint, 200))}"
    return f"confirmed; how is not known ({one.guarded.why})"


def _subscribed(sns: Any, topic: str, email: str, *, yes: bool) -> bool:
    there = [one for one in subscriptions(sns, topic) if one.protocol == "email" and one.endpoint == email]
    confirmed = next((one for one in there if one.confirmed), None)
    if confirmed and confirmed.guarded is True:
        click.echo(f"{email} is subscribed already, and only credentials can end it.")
        return True
    if confirmed:
        click.echo(f"{email} is subscribed, and a link in each e-mail can end that. It must be made anew:")
        click.echo("between the two nothing is sent there; the other channels go on.")
        if not yes and not click.confirm("Make it anew?", default=True):
            return False
        sns.unsubscribe(SubscriptionArn=confirmed.arn)
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=email)
    click.echo(f"SNS wrote to {email}. Do NOT open the link there: copy its address.")
    token = token_in(click.prompt("Paste it here", hide_input=False))
    if token is None:
        click.echo("That holds no token. The subscription waits: run this again when you have the link.")
        return False
    arn = sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")["SubscriptionArn"]
    return _checked(sns, arn, email)


def _checked(sns: Any, arn: str, email: str) -> bool:
    """A mail scanner may have opened the link first: then the confirmation is not ours."""
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    if attributes.get("Endpoint") != email:
        click.echo(
            f"That link was sent to {attributes.get('Endpoint')}, not to {email}: {email} still waits for its own."
        )
        return False
    if attributes.get("ConfirmationWasAuthenticated") != "true":
        click.echo(
            f"{email} is subscribed, but somebody opened the link first, a mail scanner perhaps: run this again."
        )
        return False
    click.echo(f"{email} is subscribed, and only credentials can end it.")
    return True
