"""What the attackers do, as CloudTrail would record it now."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from rootwatch_local.world import MANAGEMENT, World
from stacks.names import ALL_MANAGEMENT_EVENTS
from tests.support.live import call_now
from tests.support.watch import by

CLOUDFORMATION = "cloudformation.amazonaws.com"


def by_admin(name: str, account: str, region: str, *, source: str, **changes: Any) -> dict[str, Any]:
    """A call by an administrator of the account, a new one each time; ``parameters`` are its own."""
    arn = f"arn:aws:sts::{account}:assumed-role/Admin/eve-{uuid4().hex[:8]}"
    identity = by(arn, account, **changes.pop("identity", {}))
    parameters = changes.pop("parameters", None)
    return call_now(
        name, account, region, source=source, userIdentity=identity, requestParameters=parameters, **changes
    )


def through_a_stack(name: str, account: str, region: str, *, source: str, parameters: Any) -> dict[str, Any]:
    """The same through CloudFormation, as our own deployments are made."""
    identity = {"invokedBy": CLOUDFORMATION}
    return by_admin(
        name,
        account,
        region,
        source=source,
        parameters=parameters,
        identity=identity,
        sourceIPAddress=CLOUDFORMATION,
    )


def tagged(account: str, value: str, *, caller: str = MANAGEMENT.id, identity: Any = None) -> dict[str, Any]:
    """The break-glass tag put on an account, by a colleague in the management account unless said otherwise."""
    who = identity or by(f"arn:aws:sts::{caller}:assumed-role/AccountTagger/eve-{uuid4().hex[:8]}", caller)
    return call_now(
        "TagResource",
        caller,
        "us-east-1",
        source="organizations",
        userIdentity=who,
        requestParameters={"resourceId": account, "tags": [{"key": "break-glass", "value": value}]},
    )


def until(hours: float) -> str:
    """So many hours from now, as a tag has it."""
    return f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%MZ}"


def of_root(account: str, key: str) -> dict[str, Any]:
    """The userIdentity of root in a session without MFA."""
    return {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "attributes": {"creationDate": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "mfaAuthenticated": "false"}
        },
    }


def session_key() -> str:
    """An access key of a session, a new one each time."""
    return f"ASIA{uuid4().hex[:16].upper()}"


@contextmanager
def switched_off(world: World, account: str, region: str, *rules: str) -> Iterator[None]:
    """These rules hear nothing meanwhile."""
    events = world.aws.client("events", account, region)
    for name in rules:
        events.disable_rule(Name=name)
    try:
        yield
    finally:
        for name in rules:
            pattern = events.describe_rule(Name=name)["EventPattern"]
            events.put_rule(Name=name, EventPattern=pattern, State=ALL_MANAGEMENT_EVENTS)
