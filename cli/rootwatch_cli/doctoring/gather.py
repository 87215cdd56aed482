"""Gathers the facts of the preflight from AWS. What AWS refuses is Unknown, never left out."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from rootwatch.core.settings import Settings
from rootwatch_cli.aws import Aws
from rootwatch_cli.doctoring.facts import Facts, Member, Organization, Policy, Trail, Tree
from rootwatch_cli.doctoring.finding import Unknown, ask
from rootwatch_cli.doctoring.secrets import secrets

_THREADS: Final = 4
_SERVICE_CONTROL: Final = "SERVICE_CONTROL_POLICY"
Progress = Callable[[str], None]


def gather(aws: Aws, hub: Aws | Unknown, settings: Settings, progress: Progress) -> Facts:
    """``aws`` has credentials of the management account, ``hub`` of the hub account. ``progress`` is told each step."""
    caller = aws.caller()
    organizations = aws.client("organizations")
    progress("the organisation")
    tree = ask(lambda: _tree(organizations))
    progress("its trails")
    seen = ask(lambda: trails(aws, settings.hub_region))
    progress("its service control policies")
    policies = ask(lambda: _policies(organizations))
    progress("the enabled Regions of its accounts")
    regions = _regions(aws.client("account"), caller.account, tree, progress)
    progress("the hub account")
    return Facts(
        caller=caller,
        organization=ask(lambda: _organization(organizations)),
        trusted=ask(lambda: _trusted(organizations)),
        delegated=ask(lambda: _delegated(organizations)),
        trails=seen,
        tree=tree,
        regions=regions,
        policies=policies,
        secrets=secrets(hub, settings),
        concurrency=hub if isinstance(hub, Unknown) else ask(lambda: _concurrency(hub, settings.hub_region)),
    )


def all_of(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Every item of every page of an operation's answer."""
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page.get(key, [])]


def _organization(organizations: Any) -> Organization:
    found = organizations.describe_organization()["Organization"]
    return Organization(found["Id"], found["MasterAccountId"], found["FeatureSet"])


def _trusted(organizations: Any) -> frozenset[str]:
    found = all_of(organizations, "list_aws_service_access_for_organization", "EnabledServicePrincipals")
    return frozenset(service["ServicePrincipal"] for service in found)


def _delegated(organizations: Any) -> dict[str, tuple[str, ...]]:
    accounts = [one["Id"] for one in all_of(organizations, "list_delegated_administrators", "DelegatedAdministrators")]
    return {
        account: tuple(
            service["ServicePrincipal"]
            for service in all_of(
                organizations, "list_delegated_services_for_account", "DelegatedServices", AccountId=account
            )
        )
        for account in accounts
    }


def _tree(organizations: Any) -> Tree:
    parents, names, members = {}, {}, {}
    roots = all_of(organizations, "list_roots", "Roots")
    for root in roots:
        parents[root["Id"]], names[root["Id"]] = "", root["Name"]
    waiting = list(parents)
    while waiting:
        parent = waiting.pop()
        for unit in all_of(
            organizations, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
        ):
            parents[unit["Id"]], names[unit["Id"]] = parent, unit["Name"]
            waiting.append(unit["Id"])
        for account in all_of(organizations, "list_accounts_for_parent", "Accounts", ParentId=parent):
            # State took Status's place in September 2026.
            state = account.get("State") or account.get("Status")
            member = Member(account["Id"], account.get("Name", ""), parent, active=state == "ACTIVE")
            members[member.id] = member
    return Tree(parents, names, members, tuple(root["Id"] for root in roots if not _has_policies(root)))


def _has_policies(root: Mapping[str, Any]) -> bool:
    """Whether service control policies are enabled in a root: it names the types of policies that are.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html
    """
    enabled = {"Type": _SERVICE_CONTROL, "Status": "ENABLED"}
    return enabled in root.get("PolicyTypes", ())


def trails(aws: Aws, region: str) -> tuple[Trail, ...]:
    """The trails that the account shows in this Region, each asked at its home."""
    # Shadow trails too: a multi-Region trail of another home Region shows as one.
    listed = aws.client("cloudtrail", region).describe_trails(includeShadowTrails=True)["trailList"]
    return tuple(_trail(aws, each) for each in listed)


def _trail(aws: Aws, listed: Mapping[str, Any]) -> Trail:
    cloudtrail, arn = aws.client("cloudtrail", listed["HomeRegion"]), listed["TrailARN"]
    return Trail(
        description=listed,
        status=ask(lambda: _without_metadata(cloudtrail.get_trail_status(Name=arn))),
        selectors=ask(lambda: _without_metadata(cloudtrail.get_event_selectors(TrailName=arn))),
        bucket_region=_bucket_region(aws.client("s3"), listed["S3BucketName"]),
    )


def _bucket_region(s3: Any, bucket: str) -> str:
    """S3 says it in a header, also to those whom it refuses; "" if it does not."""
    try:
        answer = s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        answer = error.response
    except BotoCoreError:
        return ""
    return str(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region", ""))


def _without_metadata(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _policies(organizations: Any) -> tuple[Policy, ...]:
    listed = all_of(organizations, "list_policies", "Policies", Filter=_SERVICE_CONTROL)
    return tuple(_policy(organizations, each["Id"], each["Name"]) for each in listed)


def _policy(organizations: Any, policy_id: str, name: str) -> Policy:
    return Policy(
        id=policy_id,
        name=name,
        content=ask(lambda: str(organizations.describe_policy(PolicyId=policy_id)["Policy"]["Content"])),
        targets=ask(
            lambda: tuple(
                target["TargetId"]
                for target in all_of(organizations, "list_targets_for_policy", "Targets", PolicyId=policy_id)
            )
        ),
    )


def _regions(account: Any, own: str, tree: Tree | Unknown, progress: Progress) -> dict[str, tuple[str, ...] | Unknown]:
    """The management account can't name itself; of the others it asks by their id.

    Source: https://docs.aws.amazon.com/accounts/latest/APIReference/API_ListRegions.html
    """
    members = () if isinstance(tree, Unknown) else tree.members.values()
    ids = [own, *sorted(member.id for member in members if member.active and member.id != own)]
    asked = {own: {}, **{one: {"AccountId": one} for one in ids[1:]}}

    def enabled(account_id: str) -> tuple[str, ...] | Unknown:
        return ask(
            lambda: tuple(
                region["RegionName"]
                for region in all_of(
                    account,
                    "list_regions",
                    "Regions",
                    RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT", "ENABLING"],
                    **asked[account_id],
                )
            )
        )

    found = {}
    with ThreadPoolExecutor(_THREADS) as pool:
        for number, (one, regions) in enumerate(zip(ids, pool.map(enabled, ids), strict=True), 1):
            found[one] = regions
            if number % 100 == 0:
                progress(f"the enabled Regions of its accounts: {number} of {len(ids)}")
    return found


def _concurrency(hub: Aws, region: str) -> int:
    limit = hub.client("lambda", region).get_account_settings()["AccountLimit"]
    return int(limit["ConcurrentExecutions"])
