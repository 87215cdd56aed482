"""The parts of the settings, and the types that they share. Each type says what is to be written."""

from datetime import date, datetime
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from rootwatch.core.words import PostureRule

AccountId = Annotated[str, Meta(pattern=r"^[0-9]{12}\Z", description="an account id of 12 digits in quotes")]
Region = Annotated[str, Meta(pattern=r"^[a-z]{2,}(-[a-z]+)+-[0-9]\Z", description="a Region such as eu-central-1")]
UnitId = Annotated[
    str,
    Meta(
        pattern=r"^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})\Z",
        description="the id of a root (r-…) or of an organisational unit (ou-…)",
    ),
]
SecretName = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9/_+=.@-]{1,512}\Z", description="the name of a Secrets Manager secret")
]
Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\Z", description="an e-mail address")]
TopicArn = Annotated[
    str,
    Meta(
        pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}\Z",
        description="the ARN of an SNS topic of your own in hub_region",
    ),
]
KeyArn = Annotated[
    str,
    Meta(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64}\Z",
        description="the ARN of a KMS key of your own, not of one that AWS manages such as alias/aws/sns",
    ),
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


class Topic(Section, frozen=True, kw_only=True):
    """An SNS topic of your own for alerts. ``key_arn`` is the key that it is encrypted with, if it is."""

    arn: TopicArn
    key_arn: KeyArn = ""


class Trail(Section, frozen=True, kw_only=True):
    """The log files: of an organisation trail that is made (``create``), or of one that is there (``bucket`` …)."""

    create: Annotated[bool, Meta(description="true for an organisation trail of rootwatch's own")] = False
    retention_days: Annotated[int, Meta(ge=30, le=36500, description="whole days, 30 to 36500")] = 400
    object_lock_days: Annotated[
        int, Meta(ge=0, le=36500, description="whole days in which nobody at all can delete a log file; 0 for none")
    ] = 0
    bucket: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z",
            description="the name of the bucket that your organisation trail writes to",
        ),
    ] = ""
    bucket_account: AccountId = ""
    bucket_region: Region = ""
    prefix: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*\Z",
            max_length=200,
            description="the trail's log file prefix, with no slash at its ends",
        ),
    ] = ""
    key_arn: KeyArn = ""
    trail_arn: Annotated[
        str,
        Meta(
            pattern=r"^arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:[0-9]{12}:trail/[A-Za-z0-9._-]{3,128}\Z",
            description="the ARN of your organisation trail",
        ),
    ] = ""


class Operations(Section, frozen=True, kw_only=True):
    """Who hears that rootwatch itself is unwell. The secret holds ``{"integration_key": "…"}``, 32 characters: that of
    an "Amazon CloudWatch" integration."""

    emails: Annotated[tuple[Email, ...], Meta(description="a list of e-mail addresses that alarms go to")] = ()
    pagerduty_secret: SecretName = ""
    topic_arn: TopicArn = ""


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


class Coverage(Section, frozen=True, kw_only=True):
    """How the watch watches itself: how long a canary may take before its place counts as silent."""

    late_minutes: Annotated[
        int, Meta(ge=2, le=60, description="whole minutes, 2 to 60, within which EventBridge must bring a canary")
    ] = 10
    blind_minutes: Annotated[
        int, Meta(ge=5, le=240, description="whole minutes, 5 to 240, after which an unheard canary's place is blind")
    ] = 30
    deploying_minutes: Annotated[
        int, Meta(ge=0, le=1440, description="whole minutes, 0 to 1440, that a new place may take to be deployed")
    ] = 60
    backstop_only: Annotated[
        tuple[Region, ...],
        Meta(description="a list of Regions, of regions, where no rules can be: heard by the log files alone"),
    ] = ()


class Heartbeat(Section, frozen=True, kw_only=True):
    """The switch outside of AWS that trips when we fall silent. The secret holds ``{"url": "https://…"}``."""

    secret: SecretName


class Posture(Section, frozen=True, kw_only=True):
    """How root and the other credentials should be in every account; ``must`` is the line."""

    must: Annotated[
        tuple[PostureRule, ...],
        Meta(description=f"a list of what must hold everywhere, of {', '.join(get_args(PostureRule))}"),
    ] = ("root-mfa", "root-no-access-key", "root-no-certificate")
    grace_days: Annotated[
        int, Meta(ge=0, le=90, description="whole days, 0 to 90, in which a new account's root must get MFA")
    ] = 7
    root_unused_days: Annotated[
        int, Meta(ge=1, le=365, description="whole days, 1 to 365, in which root should not have been used")
    ] = 30
    key_days: Annotated[
        int, Meta(ge=1, le=3650, description="whole days, 1 to 3650, after which a user's access key is old")
    ] = 90
    delete_days: Annotated[
        int, Meta(ge=0, le=365, description="whole days, 0 to 365, after which a disabled access key is to be deleted")
    ] = 7
    password_days: Annotated[
        int, Meta(ge=1, le=3650, description="whole days, 1 to 3650, after which a user's console password is old")
    ] = 365
    unused_days: Annotated[
        int, Meta(ge=1, le=3650, description="whole days, 1 to 3650, after which a password or key counts as unused")
    ] = 45
    assume_root: Annotated[
        bool,
        Meta(description="true to look as root, once a week, into accounts without rootwatch's role; false for never"),
    ] = False
