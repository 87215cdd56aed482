"""The real CDK command line deploys to the embedded AWS, again and away, and its failures are told."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded import cdk
from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import AWAY, HOME, HUB, MEMBER

pytestmark = pytest.mark.embedded


def test_a_deployment_without_bootstrap_fails_and_says_so(aws: EmbeddedAws, assembly: Path) -> None:
    with pytest.raises(cdk.CdkError, match="bootstrap"):
        cdk.deploy(aws, assembly, ["Hub"], HUB, HOME)


def test_a_deployment_can_be_repeated_and_destroyed(aws: EmbeddedAws, assembly: Path) -> None:
    cdk.prepare(aws, MEMBER, AWAY)
    cdk.deploy(aws, assembly, ["Member"], MEMBER, AWAY)
    cdk.deploy(aws, assembly, ["Member"], MEMBER, AWAY)
    cdk.destroy(aws, assembly, ["Member"], MEMBER, AWAY)
    with pytest.raises(ClientError, match="does not exist"):
        aws.client("cloudformation", MEMBER, AWAY).describe_stacks(StackName="Member")
