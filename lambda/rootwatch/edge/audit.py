"""Reading what is deployed in other accounts: the rules of a place, the trails of the management account.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html and
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
"""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from botocore.credentials import Credentials

from rootwatch.core.comparison import Rule, Target
from rootwatch.core.trail_status import TrailSeen
from rootwatch.edge.assumed import CallFailedError, Roles, calls

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_events import EventBridgeClient

AUDIT_ROLE: Final = "rootwatch-audit"
TRAIL_ROLE: Final = "rootwatch-trail-reader"
SESSION: Final = "rootwatch-coverage"

Client = Callable[[str, str, Credentials], Any]  # service, Region, credentials


class Audit:
    """``client`` makes a client of a service in a Region with credentials."""

    def __init__(self, roles: Roles, client: Client) -> None:
        self._roles = roles
        self._client = client

    def enter(self, account: str) -> Credentials:
        """Credentials to read an account's rules with. Raises ``CallFailedError``."""
        return self._roles.take(account, AUDIT_ROLE, SESSION)

    def rules(self, credentials: Credentials, region: str, names: Iterable[str]) -> dict[str, Rule | None]:
        """These rules of the default bus, None where there is none. Raises ``CallFailedError``."""
        events: EventBridgeClient = self._client("events", region, credentials)
        return {name: self._rule(events, name) for name in names}

    def trails(self, account: str, region: str) -> list[TrailSeen]:
        """The trails that the account shows in this Region, each asked at its home. Raises ``CallFailedError``."""
        credentials = self._roles.take(account, TRAIL_ROLE, SESSION)
        here: CloudTrailClient = self._client("cloudtrail", region, credentials)
        with calls():
            described = here.describe_trails(includeShadowTrails=True)["trailList"]
        return [self._trail(dict(one), credentials) for one in described]

    def _rule(self, events: "EventBridgeClient", name: str) -> Rule | None:
        try:
            with calls():
                described = events.describe_rule(Name=name)
                targets = events.list_targets_by_rule(Rule=name)["Targets"]
        except CallFailedError as error:
            if str(error) == "ResourceNotFoundException":
                return None
            raise
        found = (Target(arn=target["Arn"], role_arn=target.get("RoleArn", "")) for target in targets)
        return Rule(
            name=name,
            pattern=_pattern(described.get("EventPattern", "")),
            state=str(described.get("State", "")),
            targets=tuple(sorted(found, key=lambda target: target.arn)),
        )

    def _trail(self, described: dict[str, Any], credentials: Credentials) -> TrailSeen:
        home: CloudTrailClient = self._client("cloudtrail", str(described["HomeRegion"]), credentials)
        arn = str(described["TrailARN"])
        with calls():
            status = home.get_trail_status(Name=arn)
            selectors = home.get_event_selectors(TrailName=arn)
        return TrailSeen(description=described, status=dict(status), selectors=dict(selectors))


def _pattern(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
