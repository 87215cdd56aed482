"""Records of people who are not root, for the tests of watch events."""

from datetime import datetime
from typing import Any

from rootwatch.core.record import Envelope, Record, from_body
from tests.support.records import ACCOUNT, ANA, MANAGEMENT, NOON, body

ADMIN = "arn:aws:sts::777788889999:assumed-role/Admin/eve"
STACK_SETS_ROLE = "stacksets-exec-0123456789abcdef0123456789abcdef"


def by(arn: str, account: str, **changes: Any) -> dict[str, Any]:
    """A session's userIdentity."""
    role = arn.split("/")[1] if "/" in arn else ""
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account}
    return {
        "type": "AssumedRole",
        "arn": arn,
        "accountId": account,
        "accessKeyId": "ASIAI44QH8DHBEXAMPLE",
        "sessionContext": {"sessionIssuer": issuer},
        **changes,
    }


def done(
    name: str, source: str, at: datetime = NOON, *, account: str = ACCOUNT, who: str = ADMIN, **changes: Any
) -> Record:
    """A call by somebody who is not root, as EventBridge brings it from ``account``; ``parameters`` are its own."""
    envelope = Envelope(
        account=account,
        region="us-east-1",
        source=f"aws.{source.partition('.')[0]}",
        replay_name=changes.pop("replay", None),
    )
    value = body(
        name,
        at,
        account=account,
        eventSource=f"{source}.amazonaws.com",
        userIdentity=changes.pop("identity", by(who, account)),
        requestParameters=changes.pop("parameters", None),
        **changes,
    )
    made = from_body(value, envelope)
    assert isinstance(made, Record)
    return made


def in_organizations(name: str, at: datetime = NOON, *, account: str = MANAGEMENT, **changes: Any) -> Record:
    """A call of AWS Organizations by ana, in the management account unless another is named."""
    return done(name, "organizations", at, account=account, who=changes.pop("who", ANA), **changes)


def service_event(name: str, details: dict[str, Any], at: datetime = NOON, *, account: str = MANAGEMENT) -> Record:
    """What AWS Organizations tells of itself."""
    return in_organizations(
        name,
        at,
        account=account,
        identity={"accountId": account, "invokedBy": "organizations.amazonaws.com"},
        sourceIPAddress="organizations.amazonaws.com",
        eventType="AwsServiceEvent",
        serviceEventDetails=details,
    )


def stop_logging(at: datetime = NOON, **changes: Any) -> Record:
    """Somebody stops the trail main."""
    return done("StopLogging", "cloudtrail", at, parameters={"name": "main"}, **changes)


def delete_rule(at: datetime = NOON, name: str = "rootwatch-root-use", **changes: Any) -> Record:
    """Somebody deletes a rule."""
    return done("DeleteRule", "events", at, parameters={"name": name, "force": True}, **changes)


def by_stack_sets(account: str, session: str = "a1b2c3", **changes: Any) -> dict[str, Any]:
    """The keywords that make a call one of CloudFormation StackSets."""
    arn = f"arn:aws:sts::{account}:assumed-role/{STACK_SETS_ROLE}/{session}"
    return {
        "account": account,
        "identity": by(arn, account, invokedBy="cloudformation.amazonaws.com"),
        "sourceIPAddress": "cloudformation.amazonaws.com",
        **changes,
    }
