"""Checks of accounts and Regions: what will be under watch, and what will not."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Final

import msgspec

from rootwatch.core.deployable import obstacles
from rootwatch.core.settings import Settings
from rootwatch_cli.doctoring.facts import Facts, Member, Tree
from rootwatch_cli.doctoring.finding import Finding, Section, Unknown, named

_finding: Final = Section("Accounts and Regions")
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_MOST_INSTANCES: Final = 100_000


def places(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """Units, Regions, and how many stacks that makes."""
    if isinstance(facts.tree, Unknown):
        yield _finding.unknown("which accounts and units there are", facts.tree)
    else:
        yield from _units(facts.tree, settings)
    yield from (_finding("fail", sentence, "Without that, cdk deploy refuses too.") for sentence in obstacles(settings))
    yield from _enabled(facts, settings)


def below(tree: Tree, targets: frozenset[str]) -> list[Member]:
    """The active accounts that stand below any of these roots or units, or are among them."""
    return [
        member for member in tree.members.values() if member.active and not targets.isdisjoint(tree.above(member.id))
    ]


def _units(tree: Tree, settings: Settings) -> Iterator[Finding]:
    missing = [unit for unit in settings.organizational_units if unit not in tree.parents]
    if missing:
        yield _finding(
            "fail",
            f"The settings' organizational_units name {named(missing)}, which this organisation does not have.",
            "Write units of this organisation, or its root for every account.",
            f'"organizational_units": {msgspec.json.encode(_roots(tree)).decode()}',
        )
    watched = {member.id for member in below(tree, frozenset(settings.organizational_units))}
    watched |= {settings.management_account}  # by a StackSet of its own
    active = [member for member in tree.members.values() if member.active]
    out = [member.id for member in active if member.id not in watched and member.id != settings.hub_account]
    suspended = len(tree.members) - len(active)
    also = f"; {suspended} more are suspended or closed" if suspended else ""
    yield _finding("ok", f"{len(watched)} of {len(active)} active accounts come under watch{also}.")
    if out:
        yield _finding(
            "warn",
            f"{len(out)} active accounts stand outside the settings' organizational_units, and nobody would hear of "
            f"their root but by the log files: {named(out)}.",
            "Name the organisation's root instead, or move them.",
            "aws organizations move-account --account-id ID --source-parent-id FROM --destination-parent-id TO",
        )
    above_hub = set(tree.above(settings.hub_account))
    yield _hub(tree, settings, inside=settings.hub_account in watched, by_itself=settings.hub_unit in above_hub)
    instances = len(watched) * len(settings.regions)
    if instances > _MOST_INSTANCES:
        yield _finding(
            "fail",
            f"{instances} stacks would be needed, and a StackSet can have {_MOST_INSTANCES}.",
            "Ask AWS to raise CloudFormation's quota of stack instances per stack set.",
            "aws service-quotas list-service-quotas --service-code cloudformation",
        )


def _roots(tree: Tree) -> list[str]:
    return [unit for unit, above in tree.parents.items() if not above]


def _hub(tree: Tree, settings: Settings, *, inside: bool, by_itself: bool) -> Finding:
    hub = settings.hub_account
    if hub not in tree.members:
        return _finding(
            "fail", f"The hub account {hub} is not an account of this organisation.", "Write one that is in cdk.json."
        )
    if inside:
        return _finding("ok", f"The hub account {hub} gets the members' rules with the others.")
    if by_itself:
        return _finding("ok", f"The hub account {hub} gets the members' rules by hub_unit.")
    return _finding(
        "fail",
        f"The hub account {hub} stands outside the settings' organizational_units: its own root would be heard by the "
        "log files alone.",
        "Name the unit that it stands in.",
        f'"hub_unit": "{next(iter([*tree.above(hub)][1:]), "")}"',
    )


def _enabled(facts: Facts, settings: Settings) -> Iterator[Finding]:
    has: dict[str, list[str]] = defaultdict(list)
    closed: dict[str, list[str]] = defaultdict(list)
    refused: dict[str, list[str]] = defaultdict(list)
    for account, regions in facts.regions.items():
        if isinstance(regions, Unknown):
            refused[regions.why].append(account)
            continue
        for region in regions:
            has[region].append(account)
        for region in settings.regions:
            if region not in regions:
                closed[region].append(account)
    unwatched = sorted(set(has) - set(settings.regions), key=lambda region: (-len(has[region]), region))
    if unwatched:
        by_accounts = groupby(unwatched, key=lambda region: len(has[region]))
        said = [f"{', '.join(regions)} in {count} account{'' if count == 1 else 's'}" for count, regions in by_accounts]
        yield _finding(
            "fail",
            f"Enabled, and missing from the settings' regions: {'; '.join(said)}. Root could act there unheard but for "
            "the log files.",
            "Add them to the settings.",
            _regions_with(settings, unwatched),
        )
    for region, accounts in sorted(closed.items()):
        yield _closed(region, accounts, settings, everywhere=len(accounts) == len(facts.regions))
    for why, accounts in sorted(refused.items()):
        yield _finding.unknown(
            f"which Regions are enabled in {_accounts(accounts)}",
            Unknown(why),
            "Turn on trusted access for account.amazonaws.com, and allow account:ListRegions.",
        )
    known = len(facts.regions) - sum(map(len, refused.values()))
    if not unwatched and known:
        yield _finding("ok", f"Every Region that is enabled is in the settings; {known} accounts were asked.")


def _closed(region: str, accounts: list[str], settings: Settings, *, everywhere: bool) -> Finding:
    """StackSets reach no account in a Region that the management account has not enabled.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-opt-in-regions.html
    """
    is_to_have_rules = not everywhere and region not in settings.coverage.backstop_only
    if is_to_have_rules and settings.management_account in accounts:
        return _finding(
            "fail",
            f"{region} is in the settings and not enabled in the management account {settings.management_account}: "
            "StackSets bring the rules there to no other account either.",
            "Enable it in the management account too, or take it out if no account has it enabled.",
            f"aws account enable-region --region-name {region}",
        )
    return _finding(
        "warn",
        f"{region} is in the settings and not enabled in {_accounts(accounts)}: the stack there fails, and the others "
        "go on.",
        "Leave it in if any account has it enabled; else take it out.",
    )


def _accounts(ids: list[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{len(ids)} accounts"


def _regions_with(settings: Settings, more: list[str]) -> str:
    return f'"regions": {msgspec.json.encode([*settings.regions, *more]).decode()}'
