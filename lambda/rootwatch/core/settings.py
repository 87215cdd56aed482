"""The settings: one JSON object, read here and nowhere else.

It stands under the context key ``rootwatch`` of ``cdk.json``; the same object goes into the Lambda's asset as
``settings.json`` and to the command line as ``--settings FILE``.
"""

import ipaddress
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rootwatch.core.deployable import contradictions, obstacles, partition_of
from rootwatch.core.network import ip_addresses
from rootwatch.core.sections import (
    URL,
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

_SHORTEST_RETENTION = 90  # what was told this quarter can be asked for


class SettingsError(ValueError):
    """One sentence that names the key and says what to write."""


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


def parse(obj: object, today: date | None = None) -> Settings:
    """Checks one JSON object and returns the settings; raises ``SettingsError`` with one sentence.

    With ``today``, as at synth, an entry of expected_use that has expired is an error, and so is what stands in the way
    of a deployment; without, as in the Lambda, both are without effect.
    """
    if not isinstance(obj, Mapping):
        raise SettingsError("The settings must be one JSON object: write the context key rootwatch in cdk.json.")
    _refuse_unknown_keys(obj, Settings, "rootwatch")
    try:
        settings = msgspec.convert(obj, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(str(error))) from None
    url = settings.pagerduty.events_url if settings.pagerduty else ""
    if url and not re.match(URL, url):
        raise SettingsError(
            "rootwatch.pagerduty.events_url is not valid: write an https address that ends in a slash, or leave it out."
        )
    if settings.hub_region not in settings.regions:
        raise SettingsError("rootwatch.hub_region is not among rootwatch.regions: add it there.")
    if settings.approval_tag == settings.break_glass_tag:
        raise SettingsError(
            "rootwatch.approval_tag is the same as rootwatch.break_glass_tag: write another key, or leave it out."
        )
    if 0 < settings.record_retention_days < _SHORTEST_RETENTION:
        raise SettingsError(
            f"rootwatch.record_retention_days is too short: write {_SHORTEST_RETENTION} or more, or 0 for ever."
        )
    for sentence in (*contradictions(settings), *(obstacles(settings) if today else ())):
        raise SettingsError(sentence)
    _check_expected_use(settings, today)
    _check_networks(settings)
    _check_coverage(settings)
    return settings


def _check_coverage(settings: Settings) -> None:
    rules = settings.coverage
    unknown = sorted(set(rules.backstop_only) - set(settings.regions))
    if unknown:
        raise SettingsError(
            f"rootwatch.coverage.backstop_only names {', '.join(unknown)}, not in rootwatch.regions: add it there."
        )
    if rules.backstop_only and settings.trail is None:
        raise SettingsError(
            "rootwatch.coverage.backstop_only needs rootwatch.trail: without log files nothing is heard there."
        )
    if rules.late_minutes >= rules.blind_minutes:
        raise SettingsError(
            "rootwatch.coverage.late_minutes must be less than blind_minutes: write a smaller number there."
        )


def _check_networks(settings: Settings) -> None:
    for number, entry in enumerate(settings.networks):
        try:
            ipaddress.ip_network(entry.cidr)
        except ValueError:
            raise SettingsError(
                f"rootwatch.networks[{number}].cidr is not a network: write one such as 203.0.113.0/24, "
                "with no bits set behind its length."
            ) from None


def _check_expected_use(settings: Settings, today: date | None) -> None:
    for number, entry in enumerate(settings.expected_use):
        where = f"rootwatch.expected_use[{number}]"
        if bool(entry.action) == bool(entry.calling_service):
            raise SettingsError(f"{where} must say what is expected: write either action or calling_service.")
        if today and entry.expires < today:
            raise SettingsError(f"{where} expired on {entry.expires}: write a later day in expires, or take it out.")


def from_json(text: bytes) -> Settings:
    """Reads the JSON text of a settings file; raises ``SettingsError``."""
    try:
        obj = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SettingsError(f"The settings are not JSON ({error}): write one JSON object.") from None
    return parse(obj)


_NESTED: dict[str, type[Section]] = {
    "slack": Slack,
    "pagerduty": PagerDuty,
    "expected_use": ExpectedUse,
    "networks": Network,
    "trail": Trail,
    "topic": Topic,
    "operations": Operations,
    "coverage": Coverage,
    "posture": Posture,
    "heartbeat": Heartbeat,
}


def _refuse_unknown_keys(obj: Mapping[object, object], section: type[Section], where: str) -> None:
    known = section.__struct_fields__
    for key, value in obj.items():
        if key not in known:
            near = get_close_matches(str(key), known, 1, 0.75)  # a slip of the finger, no guess
            raise SettingsError(f"{where}.{key} is not a setting: write {near[0] if near else _one_of(known)}.")
        if section is Settings and key in _NESTED:
            for part in value if isinstance(value, list | tuple) else [value]:
                if isinstance(part, Mapping):
                    _refuse_unknown_keys(part, _NESTED[str(key)], f"{where}.{key}")


def _one_of(known: tuple[str, ...]) -> str:
    return f"one of {', '.join(known)}"


def _sentence(message: str) -> str:
    """From msgspec's "Expected … - at `$.a.b`" to a sentence with the key and what to write there."""
    missing = re.search(r"missing required field `(\w+)`(?: - at `\$\.?([^`]*)`)?", message)
    if missing:
        where = re.sub(r"\[[^]]*\]", "", missing[2] or "")
        key = ".".join(part for part in ("rootwatch", where, missing[1]) if part)
        return f"{key} is missing: write {describe(key)}."
    at = re.search(r" - at `\$\.?([^`]*)`", message)
    key = "rootwatch." + re.sub(r"\[[^]]*\]", "", at[1]) if at else "rootwatch"
    return f"{key} is not valid: write {describe(key)}."


def describe(key: str) -> str:
    """What is to be written at a dotted key such as ``rootwatch.slack.channel``."""
    section: type[Section] = Settings
    *path, last = key.split(".")[1:] or [""]
    for name in path:
        section = _NESTED.get(name, section)
    for field in msgspec.inspect.type_info(section).fields:  # type: ignore[attr-defined] # a StructType: Section is one
        if field.name == last:
            kind = field.type
            if isinstance(kind, msgspec.inspect.Metadata) and kind.extra_json_schema:
                return str(kind.extra_json_schema.get("description", "a value of the right type"))
            if last in _NESTED:
                return f"an object with {', '.join(_NESTED[last].__struct_fields__)}"
    return "a value of the right type"
