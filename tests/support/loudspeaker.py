"""A member's administrator who forwards all that their bus gets to the hub's bus, by a role below rootwatch's path."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rootwatch_local.world import HUB_REGION, World
from stacks.names import ALL_MANAGEMENT_EVENTS

EVERYTHING: Final = "takes-everything"


@contextmanager
def loudspeaker(world: World, account: str, region: str) -> Iterator[None]:
    """Meanwhile its rule and its role are there."""
    iam, events = (world.aws.client(service, account, region) for service in ("iam", "events"))
    bus = f"arn:aws:events:{HUB_REGION}:{world.hub}:event-bus/rootwatch"
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    put = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}
    made = iam.create_role(
        RoleName=EVERYTHING, Path="/rootwatch/", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )
    iam.put_role_policy(RoleName=EVERYTHING, PolicyName="put", PolicyDocument=json.dumps({"Statement": [put]}))
    events.put_rule(Name=EVERYTHING, EventPattern=json.dumps({"account": [account]}), State=ALL_MANAGEMENT_EVENTS)
    events.put_targets(Rule=EVERYTHING, Targets=[{"Id": "hub", "Arn": bus, "RoleArn": made["Role"]["Arn"]}])
    yield
    events.remove_targets(Rule=EVERYTHING, Ids=["hub"])
    events.delete_rule(Name=EVERYTHING)
    iam.delete_role_policy(RoleName=EVERYTHING, PolicyName="put")
    iam.delete_role(RoleName=EVERYTHING)
