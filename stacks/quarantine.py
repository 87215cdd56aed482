"""The service control policy that takes all power from a member account's root. It waits, attached to nothing.

The alert of an unplanned page carries the command that attaches it. It denies every call whose ``aws:PrincipalArn`` is
the root user, but for privileged tasks (only their sessions have ``aws:AssumedRoot``): with these a colleague can take
the root password and keys away while root is locked out.
Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from aws_cdk import RemovalPolicy
from aws_cdk.aws_organizations import CfnPolicy
from constructs import Construct

from rootwatch.render.containment import QUARANTINE_POLICY


class Quarantine(Construct):
    """Kept when the stack is deleted: an account may be locked by it just then. Its name is then taken, until the old
    one is renamed as docs/deploy.md says."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Quarantine")
        statement = {
            "Sid": "RootwatchQuarantineRoot",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:root"},
                "Null": {"aws:AssumedRoot": "true"},
            },
        }
        policy = CfnPolicy(
            self,
            "Policy",
            name=QUARANTINE_POLICY,
            type="SERVICE_CONTROL_POLICY",
            description="rootwatch: denies everything to an account's root user. Attach it to contain a break-in.",
            content={"Version": "2012-10-17", "Statement": [statement]},
        )
        policy.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
