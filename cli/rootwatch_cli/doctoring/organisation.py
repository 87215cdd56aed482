"""Checks of the organisation: features, trusted access, delegated administrators."""

from collections.abc import Iterator
from typing import Final

import msgspec

from rootwatch.core.settings import Settings
from rootwatch_cli.doctoring.facts import Facts
from rootwatch_cli.doctoring.finding import Finding, Section, State, Unknown, named

_finding: Final = Section("Organisation")
_IAM: Final = "iam.amazonaws.com"
# It grants nothing by itself: what the hub's functions may call, their own policies say.
_HARMLESS: Final = "access-analyzer.amazonaws.com"


class _Trusted(msgspec.Struct, frozen=True):
    """A service that needs trusted access: what for, how bad it is without, and how to turn it on."""

    service: str
    needed_for: str
    without: State
    run: str


_ENABLE: Final = "aws organizations enable-aws-service-access --service-principal"
_TRUSTED: Final = (
    _Trusted(
        "member.org.stacksets.cloudformation.amazonaws.com",
        "StackSets can't bring the rules to the accounts",
        "fail",
        # Enabled by Organizations alone, StackSets would lack the roles that it makes for itself.
        "aws cloudformation activate-organizations-access",
    ),
    _Trusted(
        "cloudtrail.amazonaws.com",
        "there can be no organisation trail, and without a trail EventBridge hears of nothing",
        "fail",
        f"{_ENABLE} cloudtrail.amazonaws.com",
    ),
    _Trusted(
        "account.amazonaws.com",
        "nobody can see which Regions the accounts have enabled",
        "warn",
        f"{_ENABLE} account.amazonaws.com",
    ),
    _Trusted(
        _IAM,
        "root access is not centralised: colleagues need the real root user for what AssumeRoot would do",
        "warn",
        f"{_ENABLE} {_IAM} && aws iam enable-organizations-root-credentials-management && "
        "aws iam enable-organizations-root-sessions",
    ),
)


def organisation(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """Whether the settings speak of this organisation, and it lets rootwatch in."""
    yield _credentials(facts, settings)
    yield from _itself(facts, settings)
    yield from _trusted(facts)
    if isinstance(facts.delegated, Unknown):
        yield _finding.unknown("whether the hub is a delegated administrator", facts.delegated)
    else:
        yield _hub(facts.delegated.get(settings.hub_account, ()), settings)
        delegates = {account for account, services in facts.delegated.items() if _IAM in services}
        yield from _root_access(delegates, settings)


def _credentials(facts: Facts, settings: Settings) -> Finding:
    account = facts.caller.account
    if account == settings.management_account:
        return _finding("ok", f"These are credentials of the management account {account}.")
    return _finding(
        "fail",
        f"These are credentials of the account {account}, not of the management account {settings.management_account}.",
        "Use those of the management account: it alone sees all that is looked at here.",
        "rootwatch doctor --preflight --profile NAME",
    )


def _itself(facts: Facts, settings: Settings) -> Iterator[Finding]:
    found = facts.organization
    if isinstance(found, Unknown):
        yield _finding.unknown("which organisation this is", found)
        return
    for key, real, written in (
        ("organization_id", found.id, settings.organization_id),
        ("management_account", found.management, settings.management_account),
    ):
        if real != written:
            says = f"The settings' {key} is {written}, and this organisation's is {real}."
            yield _finding("fail", says, "Write the right one in cdk.json.", f'"{key}": "{real}"')
    if found.features == "ALL":
        yield _finding("ok", "All features of the organisation are enabled.")
    else:
        yield _finding(
            "fail",
            f"The organisation has {found.features} alone: no policies, no StackSets, no organisation trail.",
            "Enable all features; every invited account must agree.",
            "aws organizations enable-all-features",
        )


def _trusted(facts: Facts) -> Iterator[Finding]:
    if isinstance(facts.trusted, Unknown):
        yield _finding.unknown("which services have trusted access", facts.trusted)
        return
    trails = () if isinstance(facts.trails, Unknown) else facts.trails
    for one in _TRUSTED:
        if one.service in facts.trusted:
            yield _finding("ok", f"{one.service} has trusted access.")
        elif one.service.startswith("cloudtrail") and any(trail.organisation for trail in trails):
            yield _finding("ok", "There is an organisation trail: CloudTrail has the access that it needs.")
        else:
            yield _finding(
                one.without, f"{one.service} has no trusted access: {one.needed_for}.", "Turn it on.", one.run
            )


def _hub(services: tuple[str, ...], settings: Settings) -> Finding:
    hub = settings.hub_account
    if hub == settings.management_account:
        return _finding(
            "warn",
            "The hub is to stand in the management account: whoever gets in there as root can silence rootwatch.",
            "Prefer a security account of its own; nothing must change if you can't.",
        )
    if services:
        return _finding("ok", f"The hub account {hub} is a delegated administrator of {named(services)}.")
    return _finding(
        "fail",
        f"The hub account {hub} is a delegated administrator of no service: Organizations will tell it no account's "
        "name, owner or break-glass tag.",
        "Make it one, of any service.",
        f"{_ENABLE} {_HARMLESS} && aws organizations register-delegated-administrator "
        f"--account-id {hub} --service-principal {_HARMLESS}",
    )


def _root_access(delegates: set[str], settings: Settings) -> Iterator[Finding]:
    """Who may call AssumeRoot for the organisation, against who is believed to."""
    written = set(settings.root_access_administrators)
    missing, gone = sorted(delegates - written), sorted(written - delegates)
    if missing:
        yield _finding(
            "fail",
            f"{named(missing)} may call AssumeRoot for the organisation, and the settings don't say so: each "
            "privileged task from there would page.",
            "Add it to the settings.",
            f'"root_access_administrators": {msgspec.json.encode(sorted(written | delegates)).decode()}',
        )
    if gone:
        yield _finding(
            "warn",
            f"The settings believe AssumeRoot by {named(gone)}, which IAM has not delegated root access to.",
            "Take it out of root_access_administrators.",
        )
