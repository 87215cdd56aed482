"""Colleagues who run the commands of the desk on a deployed organisation, each in a session of a role."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rootwatch_local.world import HUB, HUB_REGION, MANAGEMENT, World
from tests.support.live import call_now
from tests.support.watch import by

ROOTWATCH = [sys.executable, "-c", "from rootwatch_cli.main import main; main()"]
ROLE = "SecurityEngineer"


class Colleague:
    """Somebody's session of a role, who runs the commands; what they tag, CloudTrail tells of."""

    def __init__(self, world: World, settings: Path, account: str, name: str) -> None:
        self._world, self._settings = world, str(settings)
        sts = world.aws.client("sts", account, HUB_REGION)
        given = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName=name)["Credentials"]
        self.account, self.arn = account, f"arn:aws:sts::{account}:assumed-role/{ROLE}/{name}"
        self.environment = {
            **world.aws.environment(account, HUB_REGION),
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def runs(self, *arguments: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [*ROOTWATCH, *arguments, "--settings", self._settings],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def tags(self, account: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command that tags, and has CloudTrail tell of what it did."""
        with self.told_of(account):
            return self.runs("break-glass", *arguments, "--yes")

    @contextmanager
    def told_of(self, account: str) -> Iterator[None]:
        """Whatever is done to the account's tags meanwhile, CloudTrail tells afterwards as this colleague's."""
        organizations = self._world.aws.client("organizations", MANAGEMENT.id, "us-east-1")

        def there() -> dict[str, str]:
            tags = organizations.list_tags_for_resource(ResourceId=account)["Tags"]
            return {tag["Key"]: tag["Value"] for tag in tags if tag["Key"].startswith("break-glass")}

        before = there()
        yield
        after = there()
        put = {key: value for key, value in after.items() if before.get(key) != value}
        if put:
            self.tells("TagResource", account, {"tags": [{"key": key, "value": value} for key, value in put.items()]})
        elif before.keys() - after.keys():
            self.tells("UntagResource", account, {"tagKeys": sorted(before.keys() - after.keys())})

    def tells(self, name: str, account: str, request: dict[str, Any]) -> None:
        """CloudTrail's record of a call of theirs to Organizations."""
        record = call_now(
            name,
            self.account,
            "us-east-1",
            source="organizations",
            userIdentity=by(self.arn, self.account),
            requestParameters={"resourceId": account, **request},
        )
        self._world.emit(self.account, "us-east-1", record)
        assert self._world.wait_until_taken(record["eventID"]) == "watch"


def colleagues(world: World, settings: Path) -> tuple[Colleague, Colleague]:
    """Ana of the management account, Ben of the hub's; ``settings`` is the file that their commands read."""
    for account in (MANAGEMENT.id, HUB.id):
        iam = world.aws.client("iam", account, HUB_REGION)
        if ROLE not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
            trusted = {"AWS": f"arn:aws:iam::{account}:root"}
            trust = _document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted})
            iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
            every = _document({"Effect": "Allow", "Action": "*", "Resource": "*"})
            iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=every)
    return Colleague(world, settings, MANAGEMENT.id, "ana"), Colleague(world, settings, HUB.id, "ben")


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
