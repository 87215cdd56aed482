"""The parts of the settings, and the types that they share. Each type says what is to be written."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

AccountId = Annotated[str, Meta(pattern=r"^[0-9]{12}\Z", description="an account id of 12 digits in quotes")]
Region = Annotated[str, Meta(pattern=r"^[a-z]{2,}(-[a-z]+)+-[0-9]\Z", description="a Region such as eu-central-1")]
SecretName = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9/_+=.@-]{1,512}\Z", description="the name of a Secrets Manager secret")
]
Minutes = Annotated[int, Meta(ge=1, le=1440, description="whole minutes, 1 to 1440")]

# \Z, since $ would let a line break through at the end; http only to this machine, for the demo's receivers.
URL = r"^(https://[^\s/]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)(/[^\s]*)?/\Z"


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of the settings. What nobody said is left out of ``to_json``: "" would not pass for a Slack channel."""


class Slack(Section, frozen=True, kw_only=True):
    """Where Slack messages go. The secret holds ``{"bot_token": "xoxb-…"}`` or ``{"webhook_url": "https://…"}``."""

    secret: SecretName
    channel: Annotated[str, Meta(min_length=1, max_length=80, description="a channel id such as C0123456789")] = ""
    api_url: Annotated[str, Meta(pattern=URL, description="an https address that ends in a slash")] = (
        "https://slack.com/api/"
    )


class PagerDuty(Section, frozen=True, kw_only=True):
    """The Events API v2 integration that pages. The secret holds ``{"routing_key": "…"}``, 32 characters."""

    secret: SecretName
    service_region: Annotated[Literal["us", "eu"], Meta(description='"us" or "eu"')] = "us"
    events_url: Annotated[
        str, Meta(description="an https address that ends in a slash; leave it out for PagerDuty's own")
    ] = ""

    @property
    def url(self) -> str:
        """The base address of the Events API, with a slash at its end.

        Source: https://support.pagerduty.com/main/docs/service-regions
        """
        hosts = {"us": "https://events.pagerduty.com/v2/", "eu": "https://events.eu.pagerduty.com/v2/"}
        return self.events_url or hosts[self.service_region]


class ExpectedUse(Section, frozen=True, kw_only=True):
    """Root use of one account that is known and accepted for a while: low, never dropped, never wider than a window."""

    account: AccountId
    reason: Annotated[str, Meta(min_length=3, max_length=200, description="why this is expected, in a few words")]
    expires: Annotated[date, Meta(description="the last day on which it is expected, such as 2027-01-31")]
    action: Annotated[str, Meta(max_length=128, description="an eventName such as GetAccountSummary")] = ""
    calling_service: Annotated[
        str,
        Meta(max_length=128, description="the service that calls on root's behalf such as autoscaling.amazonaws.com"),
    ] = ""

    def fits(self, action: str | None, invoked_by: str | None, at: datetime | None) -> bool:
        """Whether a use is what this entry speaks of; an expired entry speaks of nothing."""
        if at is None or at.date() > self.expires:
            return False
        if self.action and self.action != action:
            return False
        return not self.calling_service or self.calling_service == invoked_by


class Network(Section, frozen=True, kw_only=True):
    """A network of yours, under the name that alerts call it by. It explains; it lowers nothing."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9 _.:/@-]{1,40}\Z", description="a short name such as office-berlin")]
    cidr: Annotated[str, Meta(max_length=43, description="a network such as 203.0.113.0/24")]
