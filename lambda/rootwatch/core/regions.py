"""What is known of AWS's Regions: where root signs in, which are always enabled, in which partition each lies.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
(where root signs in) and https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html (opt-in)
"""

from typing import Final

ROOT_SIGNS_IN: Final = ("us-east-1", "us-east-2", "us-west-2")
# Every Region of the partition aws that came before 2019; all later ones must be opted into.
ALWAYS_ENABLED: Final = frozenset(
    {
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    }
)  # fmt: skip
_PARTITIONS: Final = {
    "cn-": "aws-cn",
    "eusc-": "aws-eusc",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
}


def partition_of(region: str) -> str:
    """The AWS partition that a Region lies in, such as ``aws-us-gov``."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")
