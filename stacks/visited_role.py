"""A role in another account that one of the hub's functions takes, coverage or posture, and nobody else."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks import names


def visited_role(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    partition: str,
    hub_account: str,
    statements: Sequence[Mapping[str, object]],
    taker: str = names.COVERAGE_ROLE,
) -> iam.CfnRole:
    """The role ``name`` below our path, which may do what ``statements`` say: nothing where there are none.

    It trusts the hub's account under the condition that it is the role ``taker``: a role that is named as principal
    itself must be there first, and is another one once it was deleted and made again.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    trusted = f"arn:{partition}:iam::{hub_account}:role{names.ROLE_PATH}{taker}"
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return iam.CfnRole(
        scope,
        construct_id,
        role_name=name,
        path=names.ROLE_PATH,
        description=description,
        assume_role_policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"AWS": f"arn:{partition}:iam::{hub_account}:root"},
                    "Condition": {"ArnEquals": {"aws:PrincipalArn": trusted}},
                }
            ],
        },
        policies=[iam.CfnRole.PolicyProperty(policy_name="read", policy_document=policy)] if statements else None,
    )
