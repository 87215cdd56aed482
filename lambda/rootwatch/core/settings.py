"""The settings: what a team says once. settings_json.py reads and checks them."""

import ipaddress
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rootwatch.core.network import ip_addresses
from rootwatch.core.regions import partition_of
from rootwatch.core.sections import (
    AccountId,
    Coverage,
    Email,
    ExpectedUse,
    Heartbeat,
    Minutes,
    Network,
    Operations,
    PagerDuty,
    Posture,
    Region,
    Section,
    Slack,
    Topic,
    Trail,
    UnitId,
)
from rootwatch.core.words import ChannelName


class Settings(Section, frozen=True, kw_only=True):
    """What a team says once about its organisation and its channels. Durations are whole units, named in the key."""

    organization_id: Annotated[
        str, Meta(pattern=r"^o-[a-z0-9]{10,32}\Z", description="the organisation's id such as o-exampleorgid")
    ]
    management_account: AccountId
    hub_account: AccountId
    hub_region: Region
    organizational_units: Annotated[
        tuple[UnitId, ...],
        Meta(min_length=1, description="a list of at least one root or organisational unit id"),
    ]
    regions: Annotated[
        tuple[Region, ...], Meta(min_length=1, description="a list of every Region that is enabled in your accounts")
    ]
    hub_unit: Annotated[
        UnitId,
        Meta(description="the id of the organisational unit (or root) above the hub, if none of organizational_units"),
    ] = ""
    trail: Trail | None = None
    root_access_administrators: Annotated[
        tuple[AccountId, ...],
        Meta(description="a list of accounts besides the management account that may call AssumeRoot"),
    ] = ()
    slack: Slack | None = None
    pagerduty: PagerDuty | None = None
    emails: Annotated[
        tuple[Email, ...], Meta(description="a list of e-mail addresses that the SNS topic sends to")
    ] = ()
    topic: Topic | None = None
    operations: Operations | None = None
    coverage: Coverage = Coverage()
    posture: Posture = Posture()
    heartbeat: Heartbeat | None = None
    expected_use: Annotated[
        tuple[ExpectedUse, ...],
        Meta(description="a list of objects with account, reason, expires, and action or calling_service"),
    ] = ()
    networks: Annotated[
        tuple[Network, ...],
        Meta(description="a list of objects with name and cidr: your own networks, for alerts to name"),
    ] = ()
    runbook_url: Annotated[
        str,
        Meta(
            pattern=r"^(https://[^\s/<>|]+(/[^\s<>|]*)?)?\Z",
            max_length=500,
            description="the https address of your runbook, shown in every alert",
        ),
    ] = ""
    break_glass_tag: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,128}\Z",
            description="the key of the tag on an account that declares a break-glass window",
        ),
    ] = "break-glass"
    approval_tag: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,128}\Z",
            description="the key of the tag on an account with which somebody else approves the window's ticket",
        ),
    ] = "break-glass-approval"
    owner_tag: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,128}\Z",
            description="the key of the tag on an account that names its owner",
        ),
    ] = "owner"
    incident_gap_minutes: Annotated[int, Meta(ge=5, le=1440, description="whole minutes, 5 to 1440")] = 30
    digest_minutes: Minutes = 15
    record_retention_days: Annotated[
        int, Meta(ge=0, le=3650, description="whole days, 90 to 3650, or 0 for ever: how long the ledger is kept")
    ] = 0
    log_retention_days: Annotated[
        Literal[30, 60, 90, 180, 365, 400, 731], Meta(description="30, 60, 90, 180, 365, 400 or 731")
    ] = 400

    def to_json(self) -> bytes:
        """The checked object, for the asset; ``parse`` reads it back equal."""
        return msgspec.json.encode(self, order="sorted")

    def expired_use(self, today: date) -> tuple[ExpectedUse, ...]:
        """The entries of expected_use that have no effect any more."""
        return tuple(entry for entry in self.expected_use if entry.expires < today)

    @property
    def channels(self) -> tuple[ChannelName, ...]:
        """The channels that are set up; the SNS topic always is. PagerDuty first: a page waits for nobody."""
        asked: dict[ChannelName, object] = {"pagerduty": self.pagerduty, "sns": self, "slack": self.slack}
        return tuple(name for name, section in asked.items() if section)

    @property
    def may_assume_root(self) -> frozenset[str]:
        """The accounts whose AssumeRoot is believed: the management account and IAM's delegated administrators."""
        return frozenset({self.management_account, *self.root_access_administrators})

    @property
    def may_tag(self) -> frozenset[str]:
        """The accounts whose TagResource on an account is believed: the management account and its delegates."""
        return frozenset({self.management_account, self.hub_account, *self.root_access_administrators})

    @property
    def guarded_accounts(self) -> frozenset[str]:
        """The accounts whose root can silence us: a window there lowers to high only."""
        return frozenset({self.management_account, self.hub_account})

    @property
    def trail_bucket(self) -> str:
        """The bucket of a trail of our own: every account can tell its name before it is there."""
        return f"rootwatch-trail-{self.hub_account}-{self.hub_region}"

    @property
    def trail_arn(self) -> str:
        """The organisation trail that must be logging: our own, or the one that is named; "" for any."""
        if self.trail and self.trail.create:
            partition = partition_of(self.hub_region)
            return f"arn:{partition}:cloudtrail:{self.hub_region}:{self.management_account}:trail/rootwatch"
        return self.trail.trail_arn if self.trail else ""

    def network_of(self, address: str | None) -> Network | None:
        """The narrowest of the known networks that holds every address in CloudTrail's ``sourceIPAddress``."""
        ips = ip_addresses(address)
        holding = [one for one in self.networks if ips and all(ip in ipaddress.ip_network(one.cidr) for ip in ips)]
        return max(holding, key=lambda one: ipaddress.ip_network(one.cidr).prefixlen, default=None)
